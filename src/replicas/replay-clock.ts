import type { Clock } from '../core/clock.ts';

/** The clock of the copy of an engine: while an entry is carried out, it stands at the moment of that entry. So it shows the same in all copies. */
export class ReplayClock implements Clock {
  readonly #clock: Clock;
  readonly #began: number;
  /** Undefined: nothing is carried out. */
  #stopped: number | undefined = 0;
  #latest = 0;

  /** `clock` is that of the replica, `began` when it began: milliseconds since the epoch. */
  constructor(clock: Clock, began: number) {
    this.#clock = clock;
    this.#began = began;
  }

  readonly now = (): number => this.#stopped ?? Math.max(this.#latest, this.#clock.now());

  readonly wall = (): number => this.#began + this.now();

  /** Stands still at that moment, or at the latest that it stood at. */
  stopAt(ms: number): void {
    this.#latest = Math.max(this.#latest, ms);
    this.#stopped = this.#latest;
  }

  /** Goes on. */
  run(): void {
    this.#stopped = undefined;
  }
}
