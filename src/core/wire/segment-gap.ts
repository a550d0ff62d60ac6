import type { Effect } from './effect.ts';

/** Long enough for what was written to leave, and be read, as a TCP segment of its own. */
export const SEGMENT_GAP: Effect = { type: 'wait', ms: 2 };
