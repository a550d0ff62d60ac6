import type { Workload } from '../core/load/load-run.ts';
import { scheduleOf } from '../core/load/schedule.ts';
import { isInShard, type Shard, shareOf } from '../core/load/shard.ts';
import { plural } from '../core/text/plural.ts';
import { formatRate } from '../core/units/rate.ts';
import { BACKGROUND_CALL } from './background-message.ts';
import type { LoadAssignment } from './load-message.ts';

/** What is asked of a fleet. Times in milliseconds. */
export interface LoadPlan {
  /** Calls come on a schedule. */
  readonly arrivals?: { readonly perSecond: number; readonly poisson: boolean };
  /** So many programs make one call after the other. */
  readonly workers?: number;
  /** So many calls start at one moment. */
  readonly atOnce?: { readonly calls: number; readonly at: number };
  readonly forMs: number;
  readonly rampMs: number;
  readonly processes: number;
  readonly maxInFlight: number;
  readonly seed: number;
  /** The part of it that this process makes; all of it, where there is none. */
  readonly shard?: Shard;
}

type Work = Pick<LoadAssignment, 'starts' | 'workers' | 'workersUntil' | 'maxInFlight'>;

const CALL_NAME = 'call-';
const WORKER_NAME = 'worker-';
const CALL_NUMBER = new RegExp(`^(?:${CALL_NAME}|${WORKER_NAME}|${BACKGROUND_CALL})(\\d+)`);

/** A load that is not dealt out to shards. */
export const WHOLE: Shard = { index: 1, of: 1 };

/** The plan, or the shard of it, dealt out to its processes in turn. A call has the same name and the same time, whoever makes it. */
export function distribute({ arrivals, workers = 0, atOnce, forMs, rampMs, processes, seed, ...plan }: LoadPlan): Work[] {
  const { shard = WHOLE } = plan;
  const scheduled = arrivals === undefined ? [] : scheduleOf({ ...arrivals, forMs, rampMs, seed });
  const burst = Array.from({ length: atOnce?.calls ?? 0 }, () => atOnce?.at ?? 0);
  const starts = [...scheduled, ...burst]
    .sort((a, b) => a - b)
    .map((at, index) => ({ call: `${CALL_NAME}${index + 1}`, at }))
    .filter((_start, index) => isInShard(index, shard));
  const programs = Array.from({ length: workers }, (_, index) => ({
    name: `${WORKER_NAME}${index + 1}`,
    from: workers > 1 ? (rampMs * index) / workers : 0,
  })).filter((_program, index) => isInShard(index, shard));
  const maxInFlight = shareOf(plan.maxInFlight, shard);
  return Array.from({ length: processes }, (_, lane) => ({
    starts: starts.filter((_start, index) => index % processes === lane),
    workers: programs.filter((_program, index) => index % processes === lane),
    workersUntil: forMs,
    maxInFlight: shareOf(maxInFlight, { index: lane + 1, of: processes }),
  }));
}

/** Whether a call of the fleet, or of the noise beside it, is one of the shard. */
export function isCallOf(call: string, { shard }: LoadPlan): boolean {
  const number = CALL_NUMBER.exec(call)?.[1];
  return shard === undefined || (number !== undefined && isInShard(Number(number) - 1, shard));
}

/** The whole load in words. */
export function loadText({ arrivals, workers, atOnce, rampMs }: LoadPlan): string {
  return [
    ...(arrivals === undefined
      ? []
      : [`${formatRate(arrivals.perSecond)} ${arrivals.poisson ? 'Poisson' : 'constant'} arrivals`]),
    ...(workers === undefined ? [] : [`${plural(workers, 'worker')}`]),
    ...(atOnce === undefined ? [] : [`${atOnce.calls} at once after ${atOnce.at / 1_000} s`]),
    ...(rampMs === 0 ? [] : [`ramp ${rampMs / 1_000} s`]),
  ].join(', ');
}

/** The plan, or the shard of it, as a report names it. */
export function workloadOf({ shard = WHOLE, ...plan }: LoadPlan): Workload {
  const { arrivals, workers, processes, maxInFlight } = plan;
  return {
    model: arrivals !== undefined ? 'open' : workers !== undefined ? 'closed' : 'burst',
    text: shard === WHOLE ? loadText(plan) : `${loadText(plan)}, shard ${shard.index} of ${shard.of}`,
    perSecond: arrivals === undefined ? null : arrivals.perSecond / shard.of,
    processes,
    maxInFlight: shareOf(maxInFlight, shard),
  };
}
