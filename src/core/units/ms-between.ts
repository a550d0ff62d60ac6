/**
 * Milliseconds from one time to another, to the microsecond: a time to which a duration was added has lost some of its last
 * digits, and a wait of 30 s must not turn out as a little more than 30 s.
 */
export function msBetween(from: number, to: number): number {
  return Math.round((to - from) * 1_000) / 1_000;
}
