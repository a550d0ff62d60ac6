import { meanOfRamp, type Ramp, rampAt } from '../units/ramp.ts';

/** How much there is of something: a number, or a ramp. */
export type Course = number | Ramp;

/** From that moment on, in milliseconds of the clock of the session, a limit goes another course. */
export interface CourseChange {
  readonly atMs: number;
  readonly course: Course;
}

/** A limit over time: a number that stays, or its courses in order. The first begins at 0. Infinity is no limit. Plain data. */
export type Capacity = number | readonly CourseChange[];

/** The limit at a moment, a whole number. */
export function capacityAt(capacity: Capacity, ms: number): number {
  if (typeof capacity === 'number') return capacity;
  const current = capacity.findLast(({ atMs }) => atMs <= ms) ?? capacity[0];
  return current === undefined ? Number.POSITIVE_INFINITY : Math.floor(valueAt(current, ms));
}

/** The mean of the limit between two moments: what flows back in that time is that much of a window. */
export function meanCapacity(capacity: Capacity, fromMs: number, toMs: number): number {
  if (typeof capacity === 'number') return capacity;
  if (toMs <= fromMs) return capacityAt(capacity, toMs);
  let sum = 0;
  for (const [place, change] of capacity.entries()) {
    const begins = Math.max(fromMs, place === 0 ? Number.NEGATIVE_INFINITY : change.atMs);
    const ends = Math.min(toMs, capacity[place + 1]?.atMs ?? Number.POSITIVE_INFINITY);
    if (begins < ends) sum += meanValue(change, begins, ends) * (ends - begins);
  }
  return sum / (toMs - fromMs);
}

function valueAt({ atMs, course }: CourseChange, ms: number): number {
  return typeof course === 'number' ? course : rampAt(course, ms - atMs);
}

function meanValue({ atMs, course }: CourseChange, fromMs: number, toMs: number): number {
  return typeof course === 'number' ? course : meanOfRamp(course, fromMs - atMs, toMs - atMs);
}
