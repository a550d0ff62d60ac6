/** Spans of equal length, one after the other. In milliseconds. */
export interface TimeBins {
  readonly from: number;
  readonly width: number;
  readonly count: number;
}

/** Widths that people can read off an axis. */
const STEPS = [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000, 600_000, 3_600_000, 86_400_000];

/** Bins of the narrowest width, at least `narrowest`, of which no more than `most` cover the span. */
export function timeBins(from: number, to: number, narrowest: number, most: number): TimeBins {
  const steps = STEPS.filter((step) => step >= narrowest);
  const length = Math.max(0, to - from);
  const width = steps.find((step) => length / step < most) ?? Math.ceil(length / most / 86_400_000) * 86_400_000;
  return { from, width, count: Math.floor(length / width) + 1 };
}

/** The bin that the moment falls into; undefined when it lies outside. */
export function binOf({ from, width, count }: TimeBins, at: number): number | undefined {
  const index = Math.floor((at - from) / width);
  return index >= 0 && index < count ? index : undefined;
}
