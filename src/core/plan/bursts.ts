import { firstAfter } from '../collections/first-after.ts';
import type { Random } from '../random.ts';
import type { Window } from '../units/window.ts';

/** Mean lengths of trouble and of the quiet between, in milliseconds. */
export interface BurstSpec {
  readonly onMs: number;
  readonly offMs: number;
}

/**
 * Trouble that comes in bursts. Lengths are drawn one after the other, exponentially distributed, from a source of its own:
 * the same source gives the same bursts, whoever asks, and whenever. What was drawn is kept.
 */
export class Bursts {
  readonly #spec: BurstSpec;
  readonly #random: Random;
  /** When bursts begin and end, in turn. The first is a beginning. */
  readonly #turns: number[] = [];

  /** Trouble is as likely at the very beginning as at any other time. */
  constructor(spec: BurstSpec, random: Random) {
    this.#spec = spec;
    this.#random = random;
    const begins = random() < spec.onMs / (spec.onMs + spec.offMs);
    this.#turns.push(begins ? 0 : this.#length(spec.offMs));
  }

  /** The burst that the moment lies in. */
  windowAt(at: number): Window | undefined {
    const place = this.#lastTurn(at);
    return place >= 0 && place % 2 === 0 ? this.#window(place) : undefined;
  }

  /** The bursts that begin before the moment, in order; `most` at most. */
  windowsBefore(before: number, most: number): Window[] {
    this.#drawUntil(before);
    const windows: Window[] = [];
    for (let place = 0; windows.length < most && (this.#turns[place] ?? before) < before; place += 2) {
      windows.push(this.#window(place));
    }
    return windows;
  }

  get beginning(): number {
    return this.#turns[0] ?? 0;
  }

  #window(place: number): Window {
    this.#drawUntil(this.#turns[place] ?? 0);
    return { from: this.#turns[place] ?? 0, to: this.#turns[place + 1] ?? 0 };
  }

  /** The place of the last turn that is not after the moment; -1 where none is. */
  #lastTurn(at: number): number {
    this.#drawUntil(at);
    return firstAfter(this.#turns, at) - 1;
  }

  /** Draws until a turn lies behind the moment. */
  #drawUntil(at: number): void {
    const turns = this.#turns;
    for (let last = turns.at(-1) ?? 0; last <= at; ) {
      last += this.#length(turns.length % 2 === 1 ? this.#spec.onMs : this.#spec.offMs);
      turns.push(last);
    }
  }

  #length(meanMs: number): number {
    return -Math.log(1 - this.#random()) * meanMs;
  }
}
