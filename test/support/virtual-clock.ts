import type { Clock } from '../../src/core/clock.ts';
import { TEST_WALL_MS } from './reply-context.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly fire: () => void;
}

/** Longer timers fire at once in Node, and so do those that are no number. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** A clock on which programs run: time passes only when all of them wait. */
export class VirtualClock implements Clock {
  #now = 0;
  #order = 0;
  readonly #timers: Timer[] = [];

  readonly now = (): number => this.#now;
  readonly wall = (): number => TEST_WALL_MS + this.#now;

  /** Calls back after so many milliseconds; the function returned calls it off. */
  after(ms: number, fire: () => void): () => void {
    const timer = { at: this.#now + ms, order: this.#order++, fire };
    const place = this.#timers.findIndex((other) => other.at > timer.at);
    this.#timers.splice(place < 0 ? this.#timers.length : place, 0, timer);
    return () => {
      const at = this.#timers.indexOf(timer);
      if (at >= 0) this.#timers.splice(at, 1);
    };
  }

  /** As `setTimeout` of Node: what is no number from 1 to 2³¹−1 waits for a millisecond. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const wait = ms >= 1 && ms <= LONGEST_TIMER_MS ? ms : 1;
    return new Promise((resolve, reject) => {
      const stop = this.after(wait, resolve);
      signal?.addEventListener('abort', () => {
        stop();
        reject(signal.reason);
      });
    });
  }

  /** Lets time pass until the programs are done, or until the given time. */
  async run(programs: Promise<unknown>, untilMs: number): Promise<void> {
    let done = false;
    void programs.finally(() => {
      done = true;
    });
    for (;;) {
      // Everything that can go on without time does.
      await new Promise((resolve) => setImmediate(resolve));
      if (done) return;
      const next = this.#timers.shift();
      if (next === undefined || next.at > untilMs) {
        this.#now = Math.max(this.#now, untilMs);
        return;
      }
      this.#now = next.at;
      next.fire();
    }
  }
}
