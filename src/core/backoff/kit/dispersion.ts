import { median, shortestWindow } from './statistics.ts';

/** Below this, the noise of a machine drowns what a client varies (backoff.md 6.1). */
export const MIN_MEDIAN_MS = 50;
/** Calls needed to say that waits do not vary (backoff.md 6.1). */
export const DISPERSION_CALLS = 24;

/** The shortest window with 80 % of the waits, as a share of their median. */
export function relativeWindow(waits: readonly number[]): number {
  return shortestWindow(waits, 0.8) / median(waits);
}

/** Waits do not vary where 80 % of them lie within so many milliseconds: 10 ms, or 3 % of their median (backoff.md 6.1). */
function degenerateMs(waits: readonly number[]): number {
  return Math.max(10, 0.03 * median(waits));
}

/** The same as a share of their median. */
export function degenerateWindow(waits: readonly number[]): number {
  return degenerateMs(waits) / median(waits);
}

/** Whether the waits do not vary. */
export function isDegenerate(waits: readonly number[]): boolean {
  return shortestWindow(waits, 0.8) <= degenerateMs(waits);
}

/** A wait between the least that it can have been without the noise of the machine, and what was seen. */
interface NoisyWait {
  readonly leastMs: number;
  readonly seenMs: number;
}

/** Whether 80 % of the waits may have been equal, as far as `isDegenerate` asks, and noise alone has set them apart. */
export function noiseExplains(waits: readonly NoisyWait[]): boolean {
  const widthMs = degenerateMs(waits.map(({ seenMs }) => seenMs));
  const needed = Math.ceil(waits.length * 0.8);
  const seen = waits.map(({ seenMs }) => seenMs).sort((a, b) => a - b);
  const least = waits.map(({ leastMs }) => leastMs).sort((a, b) => a - b);
  let possible = 0;
  return seen.some((from, before) => {
    // What was later than the window at its earliest began after it, too: a wait is seen no earlier than it can have been.
    while ((least[possible] ?? Number.POSITIVE_INFINITY) <= from + widthMs) possible += 1;
    const begins = before > 0 && seen[before - 1] === from ? -1 : possible - before;
    return begins >= needed;
  });
}
