/** A value that changes evenly over so many milliseconds, and stays from then on. */
export interface Ramp {
  readonly from: number;
  readonly to: number;
  readonly overMs: number;
}

/** Its value after so many milliseconds. */
export function rampAt({ from, to, overMs }: Ramp, sinceMs: number): number {
  return from + (to - from) * Math.min(1, Math.max(0, sinceMs / overMs));
}

/** Its mean over the first so many milliseconds; its last value over endless time. */
export function meanOfRamp({ from, to, overMs }: Ramp, forMs: number): number {
  if (forMs === Number.POSITIVE_INFINITY) return to;
  if (forMs <= 0) return from;
  const climbing = Math.min(forMs, overMs);
  const atEnd = rampAt({ from, to, overMs }, climbing);
  return (((from + atEnd) / 2) * climbing + to * (forMs - climbing)) / forMs;
}
