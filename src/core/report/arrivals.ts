import type { CoursePiece, TimeCourse } from '../plan/time-courses.ts';
import { binOf, timeBins } from '../units/time-bins.ts';
import { overlapOf, type Window } from '../units/window.ts';
import type { ReportInput } from './report.ts';
import { runStart } from './run-start.ts';

/** Requests that arrived within one bin. Times in seconds since the first request. */
interface ArrivalBin {
  readonly from: number;
  readonly to: number;
  readonly first: number;
  readonly retries: number;
}

/** A stretch in which a rule strikes. Times in seconds since the first request. */
export interface PlanBand {
  readonly rule: string;
  readonly from: number;
  readonly to: number;
  /** The mean chance that it strikes a request. */
  readonly chance: number;
}

export interface Arrivals {
  readonly bins: readonly ArrivalBin[];
  /** Milliseconds. */
  readonly binMs: number;
  readonly outages: readonly { readonly from: number; readonly to: number }[];
  /** When rules strike by the plan. */
  readonly plan: readonly PlanBand[];
  /** Arrivals before and after what the picture shows. */
  readonly leftOut: number;
}

/** backoff.md 8: arrivals in bins of 100 ms. */
const BIN_MS = 100;
/** More bars than this cannot be told apart. */
const BINS = 400;

/** Arrivals over time, first attempts and retries apart: of the time around the outages, or of the whole run without one. */
export function arrivalsOf(input: ReportInput): Arrivals {
  const { outages, histories } = input;
  const start = runStart(input);
  const tries = histories.flatMap((history) => history.tries.map(({ position, entry }) => ({ position, at: entry.t_headers })));
  const window = windowOf(
    tries.map(({ at }) => at),
    outages,
  );
  const bins = timeBins(window.from, window.to, BIN_MS, BINS);
  const counts = Array.from({ length: bins.count }, () => ({ first: 0, retries: 0 }));
  let leftOut = 0;
  for (const { position, at } of tries) {
    const count = counts[binOf(bins, at) ?? -1];
    if (count === undefined) leftOut += 1;
    else if (position === 1) count.first += 1;
    else count.retries += 1;
  }
  const since = (at: number) => (at - start) / 1_000;
  return {
    bins: counts.map((count, index) => ({
      from: since(bins.from + index * bins.width),
      to: since(bins.from + (index + 1) * bins.width),
      ...count,
    })),
    binMs: bins.width,
    outages: outages.map(({ from, to }) => ({ from: since(from), to: since(to) })),
    plan: bandsOf(input.courses ?? [], window).map(({ from, to, ...band }) => ({ ...band, from: since(from), to: since(to) })),
    leftOut,
  };
}

/** Bands that can be told apart: a picture of more shows nothing. */
const MOST_BANDS = 300;
/** A ramp is drawn in steps. */
const STEPS_OF_A_RAMP = 12;

/** The stretches of rules that time changes, as far as the picture shows them. A rule that is the same all the time is no band. */
function bandsOf(courses: readonly TimeCourse[], shown: Window): PlanBand[] {
  const bands: PlanBand[] = [];
  for (const { kind, name, pieces, isConstant } of courses) {
    if (kind !== 'rule' || isConstant) continue;
    for (const piece of pieces) {
      const window = overlapOf(piece, shown);
      if (window !== undefined) bands.push(...stepsOf(piece, window).map((step) => ({ rule: name, ...step })));
      if (bands.length >= MOST_BANDS) return bands.slice(0, MOST_BANDS);
    }
  }
  return bands;
}

/** A part of a piece in steps of equal length, each with its mean. */
function stepsOf({ from, to, begins, ends }: CoursePiece, part: Window): (Window & { readonly chance: number })[] {
  const count = begins === ends ? 1 : STEPS_OF_A_RAMP;
  const width = (part.to - part.from) / count;
  return Array.from({ length: count }, (_, step) => {
    const begin = part.from + step * width;
    const chance = begins + ((ends - begins) * (begin + width / 2 - from)) / (to - from);
    return { from: begin, to: begin + width, chance };
  }).filter(({ chance }) => chance > 0);
}

/** The outages with half their length, at least five seconds, on either side; never more than the run. */
function windowOf(times: readonly number[], outages: ReportInput['outages']) {
  const first = times.reduce((a, b) => Math.min(a, b), times[0] ?? 0);
  const last = times.reduce((a, b) => Math.max(a, b), first);
  const begin = outages.reduce((a, { from }) => Math.min(a, from), Number.POSITIVE_INFINITY);
  const end = outages.reduce((a, { to }) => Math.max(a, to), Number.NEGATIVE_INFINITY);
  const margin = Math.max(5_000, (end - begin) / 2);
  // An outage that the run never came to is nothing to look around.
  if (outages.length === 0 || begin > last || end < first) return { from: first, to: last };
  return { from: Math.max(first, begin - margin), to: Math.min(last, end + margin) };
}
