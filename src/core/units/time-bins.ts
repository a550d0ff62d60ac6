/** Spans of equal length, one after the other. In milliseconds. */
export interface TimeBins {
  readonly from: number;
  readonly width: number;
  readonly count: number;
}

/** Widths that people can read off an axis. */
const DAY_MS = 86_400_000;
const STEPS = [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000, 600_000, 3_600_000, DAY_MS];

/** Bins of the narrowest width, at least `narrowest`, so that no more than `most` cover the span. */
export function timeBins(from: number, to: number, narrowest: number, most: number): TimeBins {
  const steps = STEPS.filter((step) => step >= narrowest);
  return binsOf(from, to, steps.find((step) => (to - from) / step < most) ?? Math.ceil((to - from) / most / DAY_MS) * DAY_MS);
}

/** Bins of that width that cover the span. */
export function binsOf(from: number, to: number, width: number): TimeBins {
  return { from, width, count: Math.floor(Math.max(0, to - from) / width) + 1 };
}

/** The bin that the moment falls into; undefined when it lies outside. */
export function binOf({ from, width, count }: TimeBins, at: number): number | undefined {
  const index = Math.floor((at - from) / width);
  return index >= 0 && index < count ? index : undefined;
}

/** How many of the moments fall into each bin, a second. Those outside count nowhere. */
export function ratesIn(bins: TimeBins, moments: readonly number[]): number[] {
  const rates = new Array<number>(bins.count).fill(0);
  for (const at of moments) {
    const index = binOf(bins, at);
    if (index !== undefined) rates[index] = (rates[index] ?? 0) + 1_000 / bins.width;
  }
  return rates;
}
