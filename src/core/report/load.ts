import { firstSuccessAfter } from '../backoff/history/first-success-after.ts';
import { ratesIn, timeBins } from '../units/time-bins.ts';
import type { ReportInput } from './report.ts';
import { runStart } from './run-start.ts';

/** Requests a second within one bin. Times in seconds since the first request. */
interface LoadBin {
  readonly from: number;
  readonly to: number;
  /** Attempts that arrived. */
  readonly offered: number;
  /** Successful answers that were complete. */
  readonly goodput: number;
}

export interface Load {
  readonly bins: readonly LoadBin[];
  /** Milliseconds. */
  readonly binMs: number;
  readonly outages: readonly { readonly from: number; readonly to: number }[];
  /** When the first request that came after the last outage had its answer; null without one. */
  readonly recoveredAt: number | null;
  /** Requests a second that the service can do; null where there is always room. */
  readonly capacity: number | null;
}

const NARROWEST_MS = 500;
const BINS = 90;

/** Offered load against goodput over the whole run. */
export function loadOf(input: ReportInput): Load {
  const { histories, outages } = input;
  const start = runStart(input);
  const since = (at: number) => (at - start) / 1_000;
  const tries = histories.flatMap((history) => history.tries);
  const arrivals = tries.map(({ entry }) => entry.t_headers);
  const successes = tries.flatMap(({ failure, entry }) => (failure === undefined && entry.t_end !== null ? [entry.t_end] : []));
  const end = [...arrivals, ...successes].reduce((a, b) => Math.max(a, b), start);
  const bins = timeBins(start, end, NARROWEST_MS, BINS);
  const offered = ratesIn(bins, arrivals);
  const goodput = ratesIn(bins, successes);
  const over = outages.reduce((a, { to }) => Math.max(a, to), Number.NEGATIVE_INFINITY);
  const succeededAt = outages.length === 0 ? undefined : firstSuccessAfter(histories, over);
  return {
    bins: offered.map((rate, index) => ({
      from: since(start + index * bins.width),
      to: since(start + (index + 1) * bins.width),
      offered: rate,
      goodput: goodput[index] ?? 0,
    })),
    binMs: bins.width,
    outages: outages.map(({ from, to }) => ({ from: since(from), to: since(to) })),
    capacity: input.load?.capacityPerSecond ?? null,
    recoveredAt: succeededAt === undefined ? null : since(succeededAt),
  };
}
