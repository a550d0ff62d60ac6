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

/** Its mean between two moments, the first before the second; its last value over endless time. */
export function meanOfRamp(ramp: Ramp, fromMs: number, toMs: number): number {
  if (toMs === Number.POSITIVE_INFINITY) return ramp.to;
  return (areaUnder(ramp, toMs) - areaUnder(ramp, fromMs)) / (toMs - fromMs);
}

/** Its sum over the first so many milliseconds; nothing before it begins. */
function areaUnder(ramp: Ramp, forMs: number): number {
  if (forMs <= 0) return 0;
  const climbing = Math.min(forMs, ramp.overMs);
  return ((ramp.from + rampAt(ramp, climbing)) / 2) * climbing + ramp.to * (forMs - climbing);
}
