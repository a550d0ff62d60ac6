import { fork } from '../random.ts';

/** When calls are to start, whatever becomes of those before them. */
export interface Arrivals {
  readonly perSecond: number;
  /** Exponential gaps instead of equal ones. */
  readonly poisson: boolean;
  readonly forMs: number;
  /** The rate grows from nothing to its full height within this time. */
  readonly rampMs: number;
  readonly seed: number;
}

/**
 * The starts of an open model, in milliseconds from its beginning. Equal or exponential steps of work, mapped to the time
 * by which the rate has asked for so much.
 */
export function scheduleOf({ perSecond, poisson, forMs, rampMs, seed }: Arrivals): number[] {
  const random = fork(seed, 'arrivals');
  const starts: number[] = [];
  let asked = poisson ? exponential(random()) : 0;
  for (;;) {
    const at = momentOf(asked, perSecond / 1_000, rampMs);
    if (at >= forMs) return starts;
    starts.push(at);
    asked += poisson ? exponential(random()) : 1;
  }
}

/** How many starts a schedule has, on average. */
export function expectedStarts({ perSecond, forMs, rampMs }: Pick<Arrivals, 'perSecond' | 'forMs' | 'rampMs'>): number {
  const ramp = Math.min(rampMs, forMs);
  const duringRamp = ramp === 0 ? 0 : (ramp * ramp) / (2 * rampMs);
  return (perSecond * (duringRamp + forMs - ramp)) / 1_000;
}

/** When the rate has asked for so many starts: the inverse of its integral. */
function momentOf(asked: number, perMs: number, rampMs: number): number {
  const ramped = (perMs * rampMs) / 2;
  return asked < ramped ? Math.sqrt((2 * rampMs * asked) / perMs) : rampMs + (asked - ramped) / perMs;
}

function exponential(uniform: number): number {
  return -Math.log(1 - uniform);
}
