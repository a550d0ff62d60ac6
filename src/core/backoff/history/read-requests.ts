import type { JournalEntry } from '../../journal/entry.ts';
import { perObject } from '../../memo/per-object.ts';

/** Requests in the order in which they came. */
export interface ReadRequests {
  readonly entries: readonly JournalEntry[];
  /** When each of them came. */
  readonly times: readonly number[];
}

/** Those that were read to their end. Several rules ask for them. */
export const readRequests = perObject((entries: readonly JournalEntry[]): ReadRequests => {
  const read = entries.filter(({ t_bodyEnd }) => t_bodyEnd !== null).sort((a, b) => a.t_headers - b.t_headers);
  return { entries: read, times: read.map(({ t_headers: at }) => at) };
});
