import { DEFAULT_BOUNDS, type JournalBounds } from '../../core/journal/journal.ts';

/** A run is judged as a whole: its bodies are kept, which a server that is read from time to time may forget. */
export const judgedBounds: JournalBounds = { ...DEFAULT_BOUNDS, bodyBytes: 64 * 1024 * 1024 };
