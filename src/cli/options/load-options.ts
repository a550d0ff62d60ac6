import { expectedStarts } from '../../core/load/schedule.ts';
import type { Shard } from '../../core/load/shard.ts';
import { parseDuration } from '../../core/units/duration.ts';
import { parseRate, RATE_EXAMPLES } from '../../core/units/rate.ts';
import type { LoadPlan } from '../../harness/load-plan.ts';
import { LOAD_ENTRIES } from '../../harness/run-load.ts';
import { UsageError } from './usage-error.ts';

/** The flags that say what load there is to be, as they were given. */
export interface LoadFlags {
  readonly arrivals?: string;
  readonly poisson?: boolean;
  readonly workers?: number;
  readonly for?: string;
  readonly ramp?: string;
  readonly atOnce?: number;
  readonly at?: string;
  readonly maxInFlight?: number;
  readonly processes?: number;
  readonly command?: string;
}

const DEFAULT_PROCESSES = 4;
const DEFAULT_FOR = '60s';
/** A process a call costs far more than a promise. */
const MAX_IN_FLIGHT = { module: 1_000, command: 64 };
const LONGEST_MS = 24 * 3_600_000;

/** Flags → plan. Throws a UsageError that says what is wrong with them. */
export function loadPlanOf(flags: LoadFlags, { seed, shard }: Dealt): LoadPlan {
  const problem = CONFLICTS.find(({ when }) => when(flags));
  if (problem !== undefined) throw new UsageError(problem.say);
  const { arrivals, workers, atOnce, poisson = false } = flags;
  const times = timesOf(flags);
  const perSecond = arrivals === undefined ? undefined : rate('--arrivals', arrivals);
  const starts = perSecond === undefined ? 0 : Math.round(expectedStarts({ perSecond, ...times }) / (shard?.of ?? 1));
  if (starts > LOAD_ENTRIES)
    throw new UsageError(`--arrivals ${arrivals} makes ${starts} calls in that time; one run has at most ${LOAD_ENTRIES}`);
  return {
    ...(perSecond === undefined ? {} : { arrivals: { perSecond, poisson } }),
    ...(workers === undefined ? {} : { workers }),
    ...(atOnce === undefined ? {} : { atOnce: { calls: atOnce, at: times.at } }),
    forMs: times.forMs,
    rampMs: times.rampMs,
    processes: flags.processes ?? DEFAULT_PROCESSES,
    maxInFlight: flags.maxInFlight ?? MAX_IN_FLIGHT[flags.command === undefined ? 'module' : 'command'],
    seed,
    ...(shard === undefined ? {} : { shard }),
  };
}

/** By what calls are dealt out. */
interface Dealt {
  readonly seed: number;
  readonly shard: Shard | undefined;
}

/** Flags that do not go together. */
const CONFLICTS: readonly { when(flags: LoadFlags): boolean; readonly say: string }[] = [
  {
    when: ({ arrivals, workers, atOnce }) => arrivals === undefined && workers === undefined && atOnce === undefined,
    say: 'load needs --arrivals 50/s (calls on a schedule), --workers 20 (one call after the other) or --at-once 100',
  },
  {
    when: ({ arrivals, workers }) => arrivals !== undefined && workers !== undefined,
    say: '--arrivals and --workers exclude each other: calls come on a schedule, or each after the one before it',
  },
  { when: ({ arrivals, poisson }) => poisson === true && arrivals === undefined, say: '--poisson goes with --arrivals' },
  { when: ({ at, atOnce }) => at !== undefined && atOnce === undefined, say: '--at goes with --at-once' },
];

/** The times of the plan, in milliseconds. */
function timesOf(flags: LoadFlags): { readonly forMs: number; readonly rampMs: number; readonly at: number } {
  const onlyAtOnce = flags.arrivals === undefined && flags.workers === undefined;
  const at = span('--at', flags.at ?? '0');
  const rampMs = span('--ramp', flags.ramp ?? '0');
  const forMs = onlyAtOnce && flags.for === undefined ? at + 1 : span('--for', flags.for ?? DEFAULT_FOR);
  if (forMs <= 0) throw new UsageError('--for is no time at all');
  if (rampMs > forMs) throw new UsageError(`--ramp ${flags.ramp} is longer than --for ${flags.for ?? DEFAULT_FOR}`);
  if (at > forMs) throw new UsageError(`--at ${flags.at} lies after the end of --for ${flags.for ?? DEFAULT_FOR}`);
  return { forMs, rampMs, at };
}

/** `50/s` of a flag → so many a second. */
export function rate(flag: string, text: string): number {
  const perSecond = parseRate(text);
  if (perSecond === undefined) throw new UsageError(`${flag} takes a rate such as ${RATE_EXAMPLES}, found "${text}"`);
  return perSecond;
}

/** `60s` of a flag → milliseconds. */
export function span(flag: string, text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new UsageError(`${flag} takes a duration such as 500ms, 60s or 2m, found "${text}"`);
  if (ms > LONGEST_MS) throw new UsageError(`${flag} takes at most a day`);
  return ms;
}
