import { quantile } from '../backoff/kit/statistics.ts';

/** How values are spread; null where there are none. */
export interface Distribution {
  readonly n: number;
  readonly mean: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

export function distributionOf(values: readonly number[]): Distribution {
  const n = values.length;
  if (n === 0) return { n, mean: null, p50: null, p95: null, p99: null, max: null };
  return {
    n,
    mean: values.reduce((sum, value) => sum + value, 0) / n,
    p50: quantile(values, 0.5),
    p95: quantile(values, 0.95),
    p99: quantile(values, 0.99),
    max: values.reduce((most, value) => Math.max(most, value), values[0] ?? 0),
  };
}
