import type { JournalEntry } from '../../journal/entry.ts';

/** Whether both requests have the same body, as bytes or as JSON without `stream_options` (backoff.md E1). */
export function hasSameBody(a: JournalEntry, b: JournalEntry): boolean {
  return a.bodySha256 === b.bodySha256 || (a.bodyShaCanonical !== null && a.bodyShaCanonical === b.bodyShaCanonical);
}
