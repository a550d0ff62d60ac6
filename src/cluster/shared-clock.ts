import type { Clock } from '../core/clock.ts';

/**
 * A clock that shows the same in every process of the machine: milliseconds since `base`, in nanoseconds of the system's
 * monotonic clock. That of `performance` begins anew in each process.
 */
export function sharedClock(base: bigint): Clock {
  return { now: () => Number(process.hrtime.bigint() - base) / 1e6, wall: () => Date.now() };
}
