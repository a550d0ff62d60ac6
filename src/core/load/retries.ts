import type { CallHistory } from '../backoff/history/call-history.ts';
import { earlyAfter } from '../backoff/history/early-after.ts';
import { relativeWindow } from '../backoff/kit/dispersion.ts';
import { quantile } from '../backoff/kit/statistics.ts';

/** The waits before one retry, over all calls, in milliseconds. */
export interface GapRow {
  /** 1 for the first retry. */
  readonly retry: number;
  readonly n: number;
  readonly p5: number;
  readonly p50: number;
  readonly p95: number;
  /** The shortest window with 80 % of the waits, as a share of their median; null of fewer than five. */
  readonly dispersion: number | null;
}

/** Fewer waits than this say nothing of how they vary. */
const LEAST = 5;

/** The waits before the first retry of each call, before the second, and so on: of the first ones. */
export function waitsByRetry(histories: readonly CallHistory[], most = 20): number[][] {
  const byIndex: number[][] = [];
  for (const { gaps } of histories) {
    for (const { index, gapMs } of gaps) {
      const waits = index > most ? undefined : (byIndex[index - 1] ??= []);
      waits?.push(gapMs);
    }
  }
  return Array.from(byIndex, (waits) => waits ?? []);
}

/** A row a retry. */
export function gapTable(waitsMs: readonly (readonly number[])[]): GapRow[] {
  return waitsMs.flatMap((waits, index) => {
    if (waits.length === 0) return [];
    const p50 = quantile(waits, 0.5);
    return [
      {
        retry: index + 1,
        n: waits.length,
        p5: quantile(waits, 0.05),
        p50,
        p95: quantile(waits, 0.95),
        dispersion: waits.length < LEAST || p50 <= 0 ? null : relativeWindow(waits),
      },
    ];
  });
}

/** How many calls had so many retries: the first number is of calls without any. */
export function retryHistogram(histories: readonly CallHistory[], most = 50): number[] {
  const counts: number[] = [];
  for (const { tries } of histories) {
    const retries = Math.min(most, Math.max(0, tries.length - 1));
    counts[retries] = (counts[retries] ?? 0) + 1;
  }
  return Array.from(counts, (count) => count ?? 0);
}

/** Retries that came before the time that was asked for. */
export interface EarlyRetries {
  readonly count: number;
  readonly worstMs: number;
}

/** Retries that came before the wait that they were told; what may be a call of its own is none. */
export function earlyRetries(histories: readonly CallHistory[]): EarlyRetries {
  let count = 0;
  let worstMs = 0;
  for (const { certainty, gaps } of histories) {
    if (certainty === 'ambiguous') continue;
    for (const { before, after } of gaps) {
      const early = earlyAfter(before, after);
      if (early > 0) count += 1;
      worstMs = Math.max(worstMs, early);
    }
  }
  return { count, worstMs };
}
