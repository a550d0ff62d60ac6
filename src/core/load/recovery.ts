import type { LoadMeasurements, TroubleSpan } from './measurements.ts';

/**
 * What became of the service after the outage.
 * - `recovered`: goodput came back, and is still back at the end of the load · `metastable`: it did not, for more is asked than can be served although the cause is gone
 * - `not_recovered`: it did not, for another reason · `no_outage`, `not_watched`: nothing to tell, or not for long enough
 */
export type RecoveryState = 'recovered' | 'metastable' | 'not_recovered' | 'no_outage' | 'not_watched';

export interface Recovery {
  readonly state: RecoveryState;
  /** Calls that ended well a second: before the outage, and from its end to the end of the load. */
  readonly goodputBefore: number | null;
  readonly goodputAfter: number | null;
  /** From the end of the outage to the answer of the first attempt that succeeded after it, in milliseconds. */
  readonly firstSuccessMs: number | null;
  /** From the end of the outage until goodput was back, in milliseconds. */
  readonly recoveredAfterMs: number | null;
  /** Attempts a second, with the noise beside them, in the last part of the load. */
  readonly offeredAtEnd: number | null;
  readonly goodputAtEnd: number | null;
}

/** Goodput counts as back from this share on (backoff.md 8). */
const RECOVERED = 0.95;
/** What is looked at as one moment. */
const LEAST_WINDOW_MS = 1_000;
const CALLS_PER_WINDOW = 20;
const WINDOWS_THAT_LAST = 4;
/** Of the time before the outage so much is looked at. */
const BASELINE_MS = 30_000;
const STEP_MS = 100;
/** One-sided 95 % of a normal distribution: counts vary by the square root of their mean. */
const NOISE = 1.645;
/** Attempts for a call that ends well, from which on it is retries that fill the service where its capacity is not known. */
const RETRIES_PREVAIL = 2;

const NOTHING = {
  goodputBefore: null,
  goodputAfter: null,
  firstSuccessMs: null,
  recoveredAfterMs: null,
  offeredAtEnd: null,
  goodputAtEnd: null,
};

/**
 * Whether, and when, the service was itself again after the last outage, or brown-out, that the load outlasted. Where outages
 * come again, after the last one that leaves enough time before the next.
 */
export function recoveryOf(measured: LoadMeasurements): Recovery {
  const { steadyMs, workload, loadMs, samples } = measured;
  const hit = measured.outages.filter(({ fromMs }) => fromMs < loadMs);
  if (hit.length === 0) return { state: 'no_outage', ...NOTHING };
  const good = inOrder(samples.good);
  const begins = hit.reduce((first, { fromMs }) => Math.min(first, fromMs), Number.POSITIVE_INFINITY);
  const baseFrom = Math.max(0, Math.min(steadyMs, begins), begins - BASELINE_MS);
  const before = begins - baseFrom >= LEAST_WINDOW_MS ? rate(good, baseFrom, begins) : workload.perSecond;
  const windowMs =
    before === null || before === 0 ? LEAST_WINDOW_MS : Math.max(LEAST_WINDOW_MS, (CALLS_PER_WINDOW / before) * 1_000);
  const watched = watchedAfter(hit, windowMs, loadMs);
  if (before === null || before === 0 || watched === undefined) {
    return { state: 'not_watched', ...NOTHING, goodputBefore: before };
  }
  const { over, until: loadUntil } = watched;
  const lastFrom = Math.max(over, loadUntil - 2 * windowMs);
  const offeredAtEnd = rate(inOrder([...samples.attempts, ...samples.background]), lastFrom, loadUntil);
  const goodputAtEnd = rate(good, lastFrom, loadUntil);
  const succeededAt = firstSuccessAfter(samples, over);
  const firstSuccessMs = succeededAt === undefined ? null : succeededAt - over;
  const due = inOrder(samples.due);
  const dueBefore = rate(due, baseFrom, begins);
  // By chance of their schedule, fewer calls may be due at the end than before.
  const wantedAtEnd = workload.model === 'open' && dueBefore > 0 ? before * (rate(due, lastFrom, loadUntil) / dueBefore) : before;
  const lasts = isBack(goodputAtEnd, wantedAtEnd, loadUntil - lastFrom);
  const recoveredAt = lasts ? momentOfRecovery(good, { before, windowMs, from: over, until: loadUntil }) : undefined;
  const seen = {
    goodputBefore: before,
    goodputAfter: rate(good, over, loadUntil),
    firstSuccessMs,
    // The client and the mock tell of the same answer by clocks of their own.
    recoveredAfterMs: recoveredAt === undefined ? null : Math.max(recoveredAt - over, firstSuccessMs ?? 0),
    offeredAtEnd,
    goodputAtEnd,
  };
  if (recoveredAt !== undefined) return { state: 'recovered', ...seen };
  const most = measured.capacityPerSecond ?? RETRIES_PREVAIL * Math.max(goodputAtEnd, before);
  return { state: offeredAtEnd > most ? 'metastable' : 'not_recovered', ...seen };
}

/** The end of the last outage after which the service is up for so long, and until when it is; undefined where none is watched for so long. */
function watchedAfter(
  outages: readonly TroubleSpan[],
  leastMs: number,
  loadUntil: number,
): { readonly over: number; readonly until: number } | undefined {
  const ends = outages.map(({ toMs }) => toMs).sort((a, b) => b - a);
  for (const over of ends) {
    const isOver = outages.every(({ fromMs, toMs }) => fromMs >= over || toMs <= over);
    const until = outages.reduce((next, { fromMs }) => (fromMs >= over ? Math.min(next, fromMs) : next), loadUntil);
    if (isOver && over + leastMs <= until) return { over, until };
  }
  return undefined;
}

interface Wanted {
  readonly before: number;
  readonly windowMs: number;
  readonly from: number;
  readonly until: number;
}

/**
 * When the first call ended well from which on goodput is back for one window, and on average for all that follows. A few
 * good seconds at the very end are chance: what follows is so many windows, or all there is.
 */
function momentOfRecovery(good: readonly number[], { before, windowMs, from, until }: Wanted): number | undefined {
  const back = (start: number, end: number) => isBack(rate(good, start, end), before, end - start);
  const leastMs = Math.min(WINDOWS_THAT_LAST * windowMs, until - from);
  for (let at = from; at + leastMs <= until; at += STEP_MS) {
    if (back(at, at + windowMs) && back(at, until)) return good[firstFrom(good, at)];
  }
  return undefined;
}

/** Whether a rate over so many milliseconds is what is wanted, but for noise. */
function isBack(perSecond: number, wanted: number, ms: number): boolean {
  return perSecond >= RECOVERED * wanted - NOISE * Math.sqrt((wanted * 1_000) / ms);
}

/** When the first attempt that arrived at that moment or later had its whole answer, and that a success; undefined without one. */
function firstSuccessAfter({ served, servedMs }: LoadMeasurements['samples'], moment: number): number | undefined {
  let first: number | undefined;
  for (const [index, at] of served.entries()) {
    const endedAt = at + (servedMs[index] ?? 0);
    if (at >= moment && (first === undefined || endedAt < first)) first = endedAt;
  }
  return first;
}

function inOrder(times: readonly number[]): number[] {
  return [...times].sort((a, b) => a - b);
}

/** How many of the times, which are in order, lie in the span, a second. */
function rate(times: readonly number[], from: number, to: number): number {
  return to <= from ? 0 : ((firstFrom(times, to) - firstFrom(times, from)) * 1_000) / (to - from);
}

/** The place of the first time that is not before the moment. */
function firstFrom(times: readonly number[], at: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
