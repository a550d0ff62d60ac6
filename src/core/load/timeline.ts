import { binsOf, ratesIn } from '../units/time-bins.ts';
import type { HammerTraffic } from './hammer-traffic.ts';
import type { LoadMeasurements } from './measurements.ts';

/** What happened within one bin, a second. Times in milliseconds since the load began. */
interface Moment {
  readonly fromMs: number;
  /** Calls that were to start. */
  readonly calls: number;
  /** Attempts that reached the mock. */
  readonly attempts: number;
  /** Requests of the noise beside them. */
  readonly background: number;
  /** Requests of connections that never back off; absent without them. */
  readonly hammer?: number;
  /** Calls that ended well. */
  readonly goodput: number;
}

export interface Timeline {
  readonly binMs: number;
  readonly moments: readonly Moment[];
}

const WIDTHS_MS = [250, 500, 1_000, 2_000, 5_000, 10_000, 60_000, 600_000, 3_600_000];
const MOST_BINS = 120;
const SECOND_MS = 1_000;

/** The run as rates over time. */
export function timelineOf({ samples, hammer }: LoadMeasurements): Timeline {
  const times = [samples.due, samples.attempts, samples.background, samples.good];
  const end = times.reduce((last, each) => each.reduce((a, b) => Math.max(a, b), last), 0);
  const width = WIDTHS_MS.find((each) => end / each < MOST_BINS) ?? 86_400_000;
  const bins = binsOf(0, end, width);
  // What came before the load began counts as of its beginning.
  const rates = (moments: readonly number[]) => {
    const within = moments.map((at) => Math.max(0, at));
    return ratesIn(bins, within);
  };
  const [calls, attempts, noise, goodput] = times.map(rates);
  return {
    binMs: width,
    moments: Array.from({ length: bins.count }, (_, bin) => ({
      fromMs: bin * width,
      calls: calls?.[bin] ?? 0,
      attempts: attempts?.[bin] ?? 0,
      background: noise?.[bin] ?? 0,
      goodput: goodput?.[bin] ?? 0,
      ...(hammer === undefined ? {} : { hammer: hammered(hammer, bin * width, width) }),
    })),
  };
}

/** Its requests a second within a bin. It is counted by the second, so that narrower bins of one second say the same. */
function hammered({ perSecond }: HammerTraffic, fromMs: number, width: number): number {
  const first = Math.floor(fromMs / SECOND_MS);
  const seconds = perSecond.slice(first, Math.max(first + 1, Math.floor((fromMs + width) / SECOND_MS)));
  return seconds.length === 0 ? 0 : seconds.reduce((sum, count) => sum + count, 0) / Math.max(1, width / SECOND_MS);
}
