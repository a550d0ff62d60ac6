import { median, quantile } from '../backoff/kit/statistics.ts';
import { earlyMs } from './call-interest.ts';
import { callText } from './call-text.ts';
import type { ReportInput } from './report.ts';

/** What a wait went by. `early`: it was told to be longer. */
export type GapKind = 'own' | 'told' | 'early';

/** One wait before a retry. */
interface GapPoint {
  readonly index: number;
  readonly seconds: number;
  readonly kind: GapKind;
  readonly call: string;
}

/** All waits before the retry of that number, in seconds. */
interface GapSummary {
  readonly index: number;
  readonly n: number;
  readonly min: number;
  readonly median: number;
  readonly p95: number;
  readonly max: number;
  readonly early: number;
}

export interface GapPoints {
  readonly points: readonly GapPoint[];
  readonly summaries: readonly GapSummary[];
  readonly pointsLeftOut: number;
  /** Retries beyond the last number that is shown. */
  readonly retriesLeftOut: number;
}

/** Retries of a call that are shown, and points of the whole picture. */
const INDICES = 15;
const POINTS = 1_500;
/** A log axis has no zero; nothing shorter can be measured. */
const SHORTEST_S = 0.001;

/** The wait before each retry, by the retry's number: jitter is the spread of a column, growth its rise. */
export function gapPointsOf({ histories }: ReportInput): GapPoints {
  const all = histories.flatMap((history) =>
    history.gaps.map(
      (gap): GapPoint => ({
        index: gap.index,
        seconds: Math.max(SHORTEST_S, gap.gapMs / 1_000),
        kind: earlyMs(history, gap) > 0 ? 'early' : gap.before.asked?.waitMs == null ? 'own' : 'told',
        call: callText(history.id),
      }),
    ),
  );
  const within = all.filter(({ index }) => index <= INDICES);
  const step = Math.max(1, within.length / POINTS);
  const points = Array.from({ length: Math.min(within.length, POINTS) }, (_, i) => within[Math.floor(i * step)]);
  const indices = [...new Set(within.map(({ index }) => index))].sort((a, b) => a - b);
  return {
    points: points.filter((point) => point !== undefined),
    summaries: indices.map((index) => summaryOf(index, within)),
    pointsLeftOut: Math.max(0, within.length - POINTS),
    retriesLeftOut: all.length - within.length,
  };
}

function summaryOf(index: number, points: readonly GapPoint[]): GapSummary {
  const column = points.filter((point) => point.index === index);
  const values = column.map(({ seconds }) => seconds);
  return {
    index,
    n: values.length,
    min: quantile(values, 0),
    median: median(values),
    p95: quantile(values, 0.95),
    max: quantile(values, 1),
    early: column.filter(({ kind }) => kind === 'early').length,
  };
}
