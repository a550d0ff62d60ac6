import { largest } from '../core/collections/largest.ts';
import { smallest } from '../core/collections/smallest.ts';
/** A wait that a client chose by itself, in milliseconds; `step` is 0 before the first retry of a call. */
export interface Wait {
  readonly step: number;
  readonly ms: number;
}

/** Growth above the one asked for is as good: multiples of the factor. */
const FASTER = [1, 1.25, 1.5, 2, 3];
/** What counts as too little growth: powers of the factor, from waits that shrink to half the growth asked for. */
const SLOWER = [-1, -0.5, 0, 0.25, 0.5];
/** Timers are not better than this share of a wait. */
const TIMER_NOISE = 0.02;

/** How many times likelier slower growth has to be before it is asserted. Few waits are easily alike by chance. */
const LIKELIER = { upToThree: 1_000, more: 100 };

/**
 * Whether slower growth than by the factor, or none, explains the waits far better than that growth does, whatever the
 * jitter: 1,000 times up to three waits, 100 times beyond.
 *
 * A client with full jitter that does back off is wronged in about 3 of 100 runs with two waits, 1 of 100 with three, and hardly
 * ever with more. A client without growth but with much jitter is found out only by many waits.
 */
export function contradictsGrowth(waits: readonly Wait[], factor: number): boolean {
  return evidenceAgainstGrowth(waits, factor) >= Math.log(waits.length <= 3 ? LIKELIER.upToThree : LIKELIER.more);
}

/**
 * How much better waits are explained by growth that is too slow than by growth of at least the factor, as a natural
 * logarithm of the ratio of likelihoods; negative when the growth asked for explains them better.
 *
 * Either explanation may have any jitter: a wait is drawn evenly between a share of its nominal length and that length.
 * Growth may end at a longest wait.
 */
function evidenceAgainstGrowth(waits: readonly Wait[], factor: number): number {
  const last = largest(waits.map(({ step }) => step));
  const caps = Array.from({ length: last }, (_, index) => index + 1);
  const fast = FASTER.flatMap((times) => caps.map((cap) => likelihood(waits, factor * times, cap)));
  const slow = SLOWER.map((power) => likelihood(waits, factor ** power, last));
  return largest(slow) - largest(fast);
}

/** Logarithm of the likelihood of the waits under the growth, with the length and jitter that fit them best. */
function likelihood(waits: readonly Wait[], growth: number, cap: number): number {
  const shape = ({ step }: Wait) => growth ** Math.min(step, cap);
  const lengths = waits.map((wait) => wait.ms / shape(wait));
  const longest = largest(lengths);
  const spread = Math.max(TIMER_NOISE, 1 - smallest(lengths) / longest);
  return waits.reduce((sum, wait) => sum - Math.log(spread * longest * shape(wait)), 0);
}
