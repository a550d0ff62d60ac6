import type { Workload } from '../core/load/load-run.ts';
import { scheduleOf } from '../core/load/schedule.ts';
import { plural } from '../core/text/plural.ts';
import { formatRate } from '../core/units/rate.ts';
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
}

type Work = Pick<LoadAssignment, 'starts' | 'workers' | 'workersUntil' | 'maxInFlight'>;

/** The plan, dealt out to its processes in turn. */
export function distribute({ arrivals, workers = 0, atOnce, forMs, rampMs, processes, maxInFlight, seed }: LoadPlan): Work[] {
  const scheduled = arrivals === undefined ? [] : scheduleOf({ ...arrivals, forMs, rampMs, seed });
  const burst = Array.from({ length: atOnce?.calls ?? 0 }, () => atOnce?.at ?? 0);
  const starts = [...scheduled, ...burst].sort((a, b) => a - b).map((at, index) => ({ call: `call-${index + 1}`, at }));
  const programs = Array.from({ length: workers }, (_, index) => ({
    name: `worker-${index + 1}`,
    from: workers > 1 ? (rampMs * index) / workers : 0,
  }));
  return Array.from({ length: processes }, (_, lane) => ({
    starts: starts.filter((_start, index) => index % processes === lane),
    workers: programs.filter((_program, index) => index % processes === lane),
    workersUntil: forMs,
    maxInFlight: Math.floor(maxInFlight / processes) + (lane < maxInFlight % processes ? 1 : 0),
  }));
}

/** The plan as a report names it. */
export function workloadOf({ arrivals, workers, atOnce, rampMs, processes, maxInFlight }: LoadPlan): Workload {
  const parts = [
    ...(arrivals === undefined
      ? []
      : [`${formatRate(arrivals.perSecond)} ${arrivals.poisson ? 'Poisson' : 'constant'} arrivals`]),
    ...(workers === undefined ? [] : [`${plural(workers, 'worker')}`]),
    ...(atOnce === undefined ? [] : [`${atOnce.calls} at once after ${atOnce.at / 1_000} s`]),
    ...(rampMs === 0 ? [] : [`ramp ${rampMs / 1_000} s`]),
  ];
  return {
    model: arrivals !== undefined ? 'open' : workers !== undefined ? 'closed' : 'burst',
    text: parts.join(', '),
    perSecond: arrivals?.perSecond ?? null,
    processes,
    maxInFlight,
  };
}
