import type { Steps } from '../core/at-once.ts';
import type { JournalEntry } from '../core/journal/entry.ts';
import type { Session } from './session.ts';

/** Entries of one step: a body that is read for the first time may take as long as a hundred others. */
const ENTRIES_AT_ONCE = 64;

/** The entries of a session after a `seq`, as they are when they are read. */
export function* readEntries(session: Session, since = 0): Steps<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for (const entry of session.entries(since)) {
    entries.push(entry);
    if (entries.length % ENTRIES_AT_ONCE === 0) yield;
  }
  return entries;
}
