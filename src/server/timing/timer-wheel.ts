/** Sleepers that are woken before others get their turn. */
const MAX_TOGETHER = 64;

/** Who waits for a time to come. */
export interface Wakeable {
  awaken(): void;
}

/** How to give up waiting. */
export interface Alarm {
  cancel(sleeper: Wakeable): void;
}

/**
 * Wakes at a time of the clock, in milliseconds: one timer for all that are due in the same one, for ten thousand paced
 * streams would have as many timers, each new with every chunk. When many are due at once, requests are read in between.
 */
export class TimerWheel {
  readonly #now: () => number;
  readonly #byTick = new Map<number, Tick>();
  #due: Wakeable[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Wakes the sleeper at that time or just after it. */
  set(at: number, sleeper: Wakeable): Alarm {
    const time = Math.ceil(at);
    let tick = this.#byTick.get(time);
    if (tick === undefined) {
      tick = new Tick(
        () => this.#fire(time),
        (left) => {
          if (this.#byTick.get(time) === left) this.#byTick.delete(time);
        },
      );
      this.#byTick.set(time, tick);
      this.#arm(tick, time);
    }
    tick.sleepers.push(sleeper);
    return tick;
  }

  #arm(tick: Tick, time: number): void {
    tick.timer = setTimeout(tick.ring, Math.max(0, Math.ceil(time - this.#now())));
  }

  #fire(time: number): void {
    const tick = this.#byTick.get(time);
    if (tick === undefined) return;
    // Timers go by whole milliseconds, and ring early by up to one.
    if (this.#now() < time) {
      this.#arm(tick, time);
      return;
    }
    this.#byTick.delete(time);
    this.#wake(tick.sleepers);
  }

  #wake(sleepers: readonly Wakeable[]): void {
    const isLate = this.#due.length > 0;
    for (const sleeper of sleepers) this.#due.push(sleeper);
    if (!isLate) this.#next();
  }

  readonly #next = (): void => {
    const due = this.#due;
    const now = due.length > MAX_TOGETHER ? due.splice(0, MAX_TOGETHER) : due;
    if (now === due) this.#due = [];
    else setImmediate(this.#next);
    for (const sleeper of now) sleeper.awaken();
  };
}

/** All that is due in one millisecond. */
class Tick implements Alarm {
  readonly sleepers: Wakeable[] = [];
  readonly ring: () => void;
  timer: NodeJS.Timeout | undefined;

  /** Called when nobody is left to be woken. */
  readonly #empty: (tick: Tick) => void;

  constructor(ring: () => void, empty: (tick: Tick) => void) {
    this.ring = ring;
    this.#empty = empty;
  }

  cancel(sleeper: Wakeable): void {
    const place = this.sleepers.indexOf(sleeper);
    if (place < 0) return;
    this.sleepers.splice(place, 1);
    if (this.sleepers.length > 0) return;
    clearTimeout(this.timer);
    this.#empty(this);
  }
}
