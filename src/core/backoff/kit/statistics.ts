/** The median; NaN of nothing. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which the share `q` of the values lies, interpolated; NaN of nothing. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? low;
  return low + (high - low) * (at - Math.floor(at));
}

/** The mean without the lowest and highest tenth; NaN of nothing. */
export function trimmedMean(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const cut = Math.floor(sorted.length * 0.1);
  const kept = sorted.slice(cut, sorted.length - cut);
  return kept.reduce((sum, value) => sum + value, 0) / kept.length;
}

/** The width of the shortest window that holds the share `q` of the values (backoff.md 6.1). */
export function shortestWindow(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const held = Math.ceil(sorted.length * q);
  let shortest = Number.POSITIVE_INFINITY;
  for (let from = 0; from + held <= sorted.length; from++) {
    shortest = Math.min(shortest, (sorted[from + held - 1] ?? Number.NaN) - (sorted[from] ?? Number.NaN));
  }
  return shortest;
}

/** The largest number of values within any window of that width. */
export function mostWithin(values: readonly number[], width: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  let most = 0;
  let from = 0;
  for (const [at, value] of sorted.entries()) {
    while (value - (sorted[from] ?? value) > width) from += 1;
    most = Math.max(most, at - from + 1);
  }
  return most;
}

/** The chance of at least `hits` among `n` independent cases that each have the chance `p`, which is between 0 and 1. */
export function binomialTail(n: number, hits: number, p: number): number {
  let sum = 0;
  let term = (1 - p) ** n;
  for (let k = 0; k <= n; k++) {
    if (k >= hits) sum += term;
    term *= ((n - k) / (k + 1)) * (p / (1 - p));
  }
  return sum;
}
