import type { Clock } from '../core/clock.ts';

/** Samples that the best is taken of. */
const KEPT = 30;
/** By so much of the time that has passed the clock is set right: intervals stay what they are. */
const SLEW = 0.0002;

/** One look at the clock of the store, in milliseconds. */
interface Sample {
  /** What the store's clock is ahead of ours. */
  readonly aheadMs: number;
  readonly roundTripMs: number;
}

/** A monotonic clock of this process, set by that of the store: all replicas show the same, but for half of a round trip. Milliseconds since the run began. */
export class AnchoredClock implements Clock {
  readonly #began: number;
  readonly #own: () => number;
  #samples: Sample[] = [];
  #aheadMs: number;
  #setAt: number;

  /** `began`: of the store's clock, since the epoch. `own` is monotonic. */
  constructor(began: number, first: Sample, own: () => number) {
    this.#began = began;
    this.#own = own;
    this.#aheadMs = first.aheadMs;
    this.#setAt = own();
    this.#samples.push(first);
  }

  /** It may be wrong by so much. */
  get errorMs(): number {
    return this.#best().roundTripMs / 2 + Math.abs(this.#best().aheadMs - this.#aheadMs);
  }

  /** What the clock of the store shows, as it was last heard. */
  get storeNow(): number {
    return this.#own() + (this.#samples.at(-1)?.aheadMs ?? this.#aheadMs);
  }

  readonly now = (): number => this.#own() + (this.#aheadMs - this.#began);

  readonly wall = (): number => this.#own() + this.#aheadMs;

  /** Takes a look into account before anybody goes by this clock. */
  begin(sample: Sample): void {
    this.#samples.push(sample);
    this.#aheadMs = this.#best().aheadMs;
  }

  /** Takes a look at the store's clock into account. */
  add(sample: Sample): void {
    this.#samples.push(sample);
    if (this.#samples.length > KEPT) this.#samples.shift();
    const now = this.#own();
    const mostMs = SLEW * (now - this.#setAt);
    this.#setAt = now;
    this.#aheadMs += Math.max(-mostMs, Math.min(mostMs, this.#best().aheadMs - this.#aheadMs));
  }

  #best(): Sample {
    return this.#samples.reduce((best, sample) => (sample.roundTripMs < best.roundTripMs ? sample : best));
  }
}

/** A look at the store's clock: when it was asked for, what it showed, and when that was heard. */
export function sampleOf(askedAt: number, storeNow: number, heardAt: number): Sample {
  return { aheadMs: storeNow - (askedAt + heardAt) / 2, roundTripMs: heardAt - askedAt };
}
