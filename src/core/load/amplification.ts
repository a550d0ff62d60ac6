import { distributionOf } from './distribution.ts';
import type { LoadMeasurements } from './measurements.ts';

/** Attempts a call. */
export interface Amplification {
  readonly mean: number | null;
  readonly p99: number | null;
  readonly max: number | null;
  /** Of the calls that started while everything failed, and of the others. */
  readonly inOutage: number | null;
  readonly steady: number | null;
}

export function amplificationOf({ attemptsPerCall }: Pick<LoadMeasurements, 'attemptsPerCall'>): Amplification {
  const inOutage = numbersOf(attemptsPerCall.inOutage);
  const steady = numbersOf(attemptsPerCall.steady);
  const { mean, p99, max } = distributionOf([...inOutage, ...steady]);
  return { mean, p99, max, inOutage: distributionOf(inOutage).mean, steady: distributionOf(steady).mean };
}

/** A number for each case that a histogram counts. */
export function numbersOf(histogram: readonly number[]): number[] {
  return histogram.flatMap((count, number) => new Array<number>(count).fill(number));
}
