import { groupBy } from '../collections/group-by.ts';
import type { CallRecord } from './call-record.ts';

/** What clients said of calls that failed. */
export interface ErrorCount {
  readonly error: string;
  readonly calls: number;
}

const MOST_CHARACTERS = 200;
/** A client that makes up texts has one for each call. */
const MOST = 100;

/** What failed calls say, the most frequent first. */
export function errorsOf(records: readonly CallRecord[]): ErrorCount[] {
  const failed = records.filter(({ ok, error }) => ok === false && error !== undefined);
  return [...groupBy(failed, ({ error = '' }) => error.slice(0, MOST_CHARACTERS))]
    .map(([error, { length: calls }]) => ({ error, calls }))
    .sort((a, b) => b.calls - a.calls)
    .slice(0, MOST);
}
