import { mostWithin } from '../backoff/kit/statistics.ts';
import type { LoadRun } from './load-run.ts';
import { troublesOf } from './troubles.ts';

/** How closely requests came together. */
export interface Peaks {
  /** Most attempts that arrived within 10 and 100 ms. */
  readonly per10Ms: number;
  readonly per100Ms: number;
  /** Most attempts within 100 ms after the outage, as a multiple of their mean; null where none came. */
  readonly toMeanAfterOutage: number | null;
}

export function peaksOf({ entries, loadUntil, ...run }: LoadRun): Peaks {
  const times = entries.map(({ t_headers }) => t_headers);
  const over = troublesOf(run).reduce((last, { to }) => Math.max(last, to), Number.NEGATIVE_INFINITY);
  const after = times.filter((at) => at >= over && at < loadUntil);
  const mean = (after.length * 100) / (loadUntil - over);
  const known = Number.isFinite(over) && after.length > 0 && loadUntil > over;
  return {
    per10Ms: mostWithin(times, 10),
    per100Ms: mostWithin(times, 100),
    toMeanAfterOutage: known ? mostWithin(after, 100) / mean : null,
  };
}
