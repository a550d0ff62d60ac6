import { type Capacity, type CourseChange, capacityAt } from '../limits/capacity-course.ts';
import { accountLimits } from '../limits/limit-spec.ts';
import { familyOf } from '../openai/models/model-family.ts';
import { rateLimitTable } from '../openai/rate-limits/rate-limit-table.ts';
import type { LatencyMs } from '../openai/request/answer-settings.ts';
import { limitKinds } from '../openai/request/rate-limit-account.ts';
import { isWild } from '../text/pattern.ts';
import { type Ramp, rampAt } from '../units/ramp.ts';
import type { Window } from '../units/window.ts';
import { MAX_WINDOWS } from './activity.ts';
import { type Plan, type PlannedRule, stepsOf } from './compile.ts';
import type { PlannedLimit } from './limits.ts';

/** What the values of a course are: chances from 0 to 1, milliseconds, requests or tokens. */
export type CourseUnit = 'chance' | 'ms' | 'count';

/** A stretch in which a value changes evenly, or stays. Milliseconds of the clock of the session. */
export interface CoursePiece extends Window {
  readonly begins: number;
  readonly ends: number;
}

/** How something of a plan goes over time. Where it has no piece there is nothing: a rule may not fire, a limit is none. */
export interface TimeCourse {
  readonly kind: 'rule' | 'limit' | 'latency';
  /** The name of a rule or its place; what is limited, or late. */
  readonly name: string;
  readonly unit: CourseUnit;
  /** In order, without overlaps. */
  readonly pieces: readonly CoursePiece[];
  /** It is the same all the time. */
  readonly isConstant: boolean;
  /** When it goes on, or first begins, after all of the pieces; undefined where that is never, or not worked out. */
  readonly nextAt: number | undefined;
  /** There are more stretches than pieces: the last one stands for those that follow, and for the pauses between them. */
  readonly isCut: boolean;
}

/** The course of each rule, of each limit and each latency that changes, from the beginning of the clock for so many milliseconds. */
export function timeCoursesOf({ rules, limits, settings: { latency } }: Plan, untilMs: number): TimeCourse[] {
  const always = [{ from: 0, to: untilMs }];
  return [
    ...rules.flatMap((rule, index) => coursesOfRule(rule, `rule ${index + 1}`, untilMs)),
    ...limits.flatMap((limit) => coursesOfLimit(limit, untilMs)),
    ...coursesOfLatencies({ ttft: latency.ttft, inter_token: latency.interToken }, '', always, 0),
  ];
}

/** Whether any of them changes with time. */
export function changesWithTime(courses: readonly TimeCourse[]): boolean {
  return courses.some(({ isConstant }) => !isConstant);
}

function coursesOfRule(planned: PlannedRule, place: string, untilMs: number): TimeCourse[] {
  const { rule, activity, action } = planned;
  const { probability: chance = 1 } = rule;
  const name = rule.name ?? place;
  const { windows, isCut } = windowsOf(planned, untilMs);
  // A window begins with its span, but for bursts: they begin no ramp.
  const begunAt = (from: number) =>
    activity !== undefined && rule.bursts === undefined ? from : from - (activity?.at(from)?.sinceMs ?? from);
  const pieces = windows.flatMap((window) => piecesOf(chance, window, begunAt(window.from)));
  const nextAt = windows.length === 0 && activity !== undefined ? activity.beginning : undefined;
  const own: TimeCourse = {
    kind: 'rule',
    name,
    unit: 'chance',
    pieces,
    isConstant: activity === undefined && typeof chance === 'number',
    nextAt: nextAt !== undefined && Number.isFinite(nextAt) ? nextAt : undefined,
    isCut,
  };
  const faults = stepsOf(action).flatMap((step) => step.faults);
  return [own, ...faults.flatMap(({ latencies }) => coursesOfLatencies(latencies, name, windows, begunAt))];
}

/** When the clock lets the rule fire. What is more than can be kept is one window to the end. */
function windowsOf({ activity }: PlannedRule, untilMs: number): { windows: Window[]; isCut: boolean } {
  if (activity === undefined) return { windows: [{ from: 0, to: untilMs }], isCut: false };
  const all = activity.windowsBefore(untilMs).filter(({ from }) => from < untilMs);
  const windows = all.map(({ from, to }) => ({ from, to: Math.min(to, untilMs) }));
  const last = windows.at(-1);
  if (last === undefined || all.length < MAX_WINDOWS) return { windows, isCut: false };
  return { windows: [...windows.slice(0, -1), { from: last.from, to: untilMs }], isCut: true };
}

/** The latencies that are ramps. `begunAt` is when a ramp began that goes on in a window which begins at that moment. */
function coursesOfLatencies(
  latencies: Readonly<Record<string, LatencyMs>>,
  owner: string,
  windows: readonly Window[],
  begunAt: 0 | ((from: number) => number),
): TimeCourse[] {
  return Object.entries(latencies).flatMap(([name, latency]): TimeCourse[] => {
    if (latency.kind !== 'ramp') return [];
    const pieces = windows.flatMap((window) => piecesOf(latency, window, begunAt === 0 ? 0 : begunAt(window.from)));
    const shown = owner === '' ? name : `${owner}, ${name}`;
    return [{ kind: 'latency', name: shown, unit: 'ms', pieces, isConstant: false, nextAt: undefined, isCut: false }];
  });
}

function coursesOfLimit({ pattern, keyPattern, matches, spec, changes }: PlannedLimit, untilMs: number): TimeCourse[] {
  const model = isWild(pattern) ? publishedModel(matches) : familyOf(pattern);
  const { capacities, inFlight } = accountLimits(spec, model, changes);
  // What is published depends on the model: of a pattern that many fit, one of them is shown.
  const isPublished = [spec, ...changes.map(({ numbers }) => numbers)].some(({ tier }) => tier !== undefined);
  const whose = `${pattern}${keyPattern === undefined ? '' : ' by key'}${isWild(pattern) && isPublished ? ` (${model})` : ''}`;
  const named = [...limitKinds.map((kind) => [LIMIT_NAMES[kind], capacities[kind]] as const), ['in_flight', inFlight] as const];
  return named.flatMap(([name, capacity]): TimeCourse[] => {
    if (capacity === undefined || typeof capacity === 'number') return [];
    const nextAt = capacity.find(({ atMs }) => atMs >= untilMs)?.atMs;
    const pieces = piecesOfCapacity(capacity, untilMs);
    if (pieces.length === 0 && nextAt === undefined) return [];
    return [{ kind: 'limit', name: `${whose} ${name}`, unit: 'count', pieces, isConstant: false, nextAt, isCut: false }];
  });
}

const LIMIT_NAMES = { requests: 'rpm', tokens: 'tpm', requests_per_day: 'rpd', tokens_per_day: 'tpd' } as const;

/** A model that the pattern fits and whose limits are published; of many the usual one. */
function publishedModel(fits: PlannedLimit['matches']): string {
  const { fallback, rows } = rateLimitTable;
  return [fallback, ...rows.flatMap(({ models }) => models)].find(fits) ?? fallback;
}

function piecesOfCapacity(changes: readonly CourseChange[], untilMs: number): CoursePiece[] {
  return changes.flatMap(({ atMs, course }, index) => {
    const window = { from: atMs, to: Math.min(untilMs, changes[index + 1]?.atMs ?? Number.POSITIVE_INFINITY) };
    if (window.from >= window.to || capacityAt(changes as Capacity, window.from) === Number.POSITIVE_INFINITY) return [];
    return piecesOf(course, window, atMs);
  });
}

/** A value within a window: a ramp that began at that moment climbs, and stays from then on. */
function piecesOf(value: number | Ramp, { from, to }: Window, begunAt: number): CoursePiece[] {
  if (typeof value === 'number') return [{ from, to, begins: value, ends: value }];
  const at = (ms: number) => rampAt(value, ms - begunAt);
  const top = begunAt + value.overMs;
  if (top <= from || top >= to) return [{ from, to, begins: at(from), ends: at(to) }];
  return [
    { from, to: top, begins: at(from), ends: value.to },
    { from: top, to, begins: value.to, ends: value.to },
  ];
}
