import { mostWithin } from '../backoff/kit/statistics.ts';
import type { LoadMeasurements } from './measurements.ts';

/** How closely requests came together. */
export interface Peaks {
  /** Most attempts that arrived within 10 and 100 ms. */
  readonly per10Ms: number;
  readonly per100Ms: number;
  /** Most attempts within 100 ms after the outage, as a multiple of their mean; null where none came. */
  readonly toMeanAfterOutage: number | null;
}

export function peaksOf({ samples, outages, loadMs }: LoadMeasurements): Peaks {
  const times = samples.attempts;
  const over = outages.reduce((last, { toMs }) => Math.max(last, toMs), Number.NEGATIVE_INFINITY);
  const after = times.filter((at) => at >= over && at < loadMs);
  const mean = (after.length * 100) / (loadMs - over);
  const known = Number.isFinite(over) && after.length > 0 && loadMs > over;
  return {
    per10Ms: mostWithin(times, 10),
    per100Ms: mostWithin(times, 100),
    toMeanAfterOutage: known ? mostWithin(after, 100) / mean : null,
  };
}
