import type { Moment } from '../faults/moment.ts';
import type { Random } from '../random.ts';
import type { Rule } from '../scenario/schema.ts';
import { beginningOf, type Span, windowAt, windowsBefore } from '../units/span.ts';
import { overlapOf, type Window } from '../units/window.ts';
import { Bursts } from './bursts.ts';

/** Spans and bursts that are looked at together, at most. */
export const MAX_WINDOWS = 10_000;

const ALWAYS: Window = { from: 0, to: Number.POSITIVE_INFINITY };

/** When a rule may fire by the clock alone: in its spans, as far as a burst lasts. Milliseconds of the clock of the session. */
export class Activity {
  readonly #spans: readonly Span[] | undefined;
  readonly #bursts: Bursts | undefined;

  constructor(spans: readonly Span[] | undefined, bursts: Bursts | undefined) {
    this.#spans = spans;
    this.#bursts = bursts;
  }

  /** Where in its span the moment lies, and how long the rule goes on; undefined where it may not fire. A burst begins no span. */
  at(ms: number): Moment | undefined {
    const span = this.#spans === undefined ? ALWAYS : windowAt(this.#spans, ms);
    const burst = this.#bursts === undefined ? ALWAYS : this.#bursts.windowAt(ms);
    if (span === undefined || burst === undefined) return undefined;
    return { sinceMs: ms - span.from, leftMs: Math.min(span.to, burst.to) - ms };
  }

  /** The windows that begin before the moment, and each span that stands alone. */
  windowsBefore(ms: number): Window[] {
    const spans = this.#spans === undefined ? [ALWAYS] : windowsBefore(this.#spans, ms, MAX_WINDOWS);
    const bursts = this.#bursts?.windowsBefore(ms, MAX_WINDOWS);
    return bursts === undefined ? spans : commonWindows(spans, bursts);
  }

  /** When it first may fire. */
  get beginning(): number {
    const [first] = this.#bursts === undefined ? [] : this.windowsBefore(this.#bursts.beginning + 1);
    return first?.from ?? Math.max(beginningOf(this.#spans ?? [ALWAYS]), this.#bursts?.beginning ?? 0);
  }
}

/** Undefined for a rule that the clock does not hold back. */
export function activityOf({ during, bursts }: Rule, random: () => Random): Activity | undefined {
  if (during === undefined && bursts === undefined) return undefined;
  return new Activity(during, bursts && new Bursts(bursts, random()));
}

/** Both lists are in order. */
function commonWindows(a: readonly Window[], b: readonly Window[]): Window[] {
  const common: Window[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [left, right] = [a[i] ?? ALWAYS, b[j] ?? ALWAYS];
    const window = overlapOf(left, right);
    if (window !== undefined) common.push(window);
    if (left.to <= right.to) i += 1;
    else j += 1;
  }
  return common;
}
