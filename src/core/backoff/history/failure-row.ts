import type { JournalEntry } from '../../journal/entry.ts';
import { failureOf } from './failure.ts';

/** Failures of one target, one after the other, with no success between them. */
export interface FailureRow {
  readonly failures: readonly JournalEntry[];
  /** On the journal's clock, when the first success after them was asked for; undefined where none was. */
  readonly overAt: number | undefined;
}

/** The rows of failures of a target. What the request itself is to blame for is neither failure nor success. */
export function failureRows(asked: readonly JournalEntry[]): FailureRow[] {
  const rows: JournalEntry[][] = [];
  const over: (number | undefined)[] = [];
  let current: JournalEntry[] | undefined;
  for (const entry of asked) {
    if (entry.retryable) {
      if (current === undefined) rows.push((current = []));
      current.push(entry);
    } else if (current !== undefined && failureOf(entry) === undefined) {
      over[rows.length - 1] = entry.t_headers;
      current = undefined;
    }
  }
  return rows.map((failures, index) => ({
    failures,
    overAt: over[index],
  }));
}
