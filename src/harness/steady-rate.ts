/** A clock, in milliseconds, and how to be called back after a time; what is returned calls it off. */
interface Timekeeper {
  now(): number;
  after(ms: number, fire: () => void): () => void;
}

export interface SteadyRateParts {
  readonly clock: Timekeeper;
  /** When the first is due, on the clock. */
  readonly from: number;
  readonly forMs: number;
  readonly perSecond: number;
  act(): void;
  /** Told once when nothing more comes, and how many had no time to come. Not told after a stop. */
  over(missed: number): void;
}

/** After a pause of the machine, so many that are late come before others get their turn. */
const MOST_TOGETHER = 64;
/** Time to make up for what is late when the last one was due, in milliseconds. */
const LATE_MS = 1_000;

/** Acts at equal intervals, each time at a moment fixed beforehand: what one takes, or is late, moves none of the others. */
export class SteadyRate {
  readonly #parts: SteadyRateParts;
  #next = 0;
  #callOff: () => void = () => undefined;

  constructor(parts: SteadyRateParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#wait();
  }

  stop(): void {
    this.#callOff();
  }

  #wait(): void {
    const { clock, from } = this.#parts;
    const ms = from + this.#dueMs - clock.now();
    // Timers of Node cut fractions off, and would ring too early.
    this.#callOff = clock.after(Math.max(0, Math.ceil(ms)), () => this.#go());
  }

  #go(): void {
    const { clock, from, forMs, act, over } = this.#parts;
    const elapsedMs = clock.now() - from;
    for (let together = 0; together < MOST_TOGETHER && this.#dueMs <= elapsedMs && this.#dueMs < forMs; together++) {
      this.#next += 1;
      act();
    }
    if (this.#dueMs >= forMs) over(0);
    else if (elapsedMs >= forMs + LATE_MS) over(Math.ceil((forMs - this.#dueMs) * this.#perMs));
    else this.#wait();
  }

  get #perMs(): number {
    return this.#parts.perSecond / 1_000;
  }

  /** When the next one is due, in milliseconds after the first. */
  get #dueMs(): number {
    return this.#next / this.#perMs;
  }
}
