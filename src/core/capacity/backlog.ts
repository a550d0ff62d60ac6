import type { CapacitySpec } from './capacity-spec.ts';

/** The work that a service has taken on and not done yet. */
export interface Backlog {
  /** Places given away that have not been earned back; from 0 to burst + queue. */
  readonly places: number;
  /** When that was so, in milliseconds. */
  readonly at: number;
}

/** What a service says to a request. */
export interface Reception {
  readonly backlog: Backlog;
  /** How long the request waits for its turn, in milliseconds; undefined when it is refused. */
  readonly waitMs: number | undefined;
}

/** What a service has to do, to look at. Whole numbers, but for the time. */
export interface Pending {
  /** Of what an idle service takes at once. */
  readonly taken: number;
  readonly queued: number;
  /** When all that is pending is done, and the service is idle again. */
  readonly idleInMs: number;
}

/** Sums of fractions carry noise. */
const NOISE = 1e-9;

/**
 * A request before a service: a continuous token bucket with a queue, first come, first served. `at` never lies before an
 * earlier one. A place is used when it is given: a client that leaves the queue does not make room, and an
 * answer that no client waits for was work all the same. That, and the price of refusals, is what keeps an overloaded service down.
 */
export function received(spec: CapacitySpec, backlog: Backlog | undefined, at: number): Reception {
  const { perSecond, burst, queue, refusalCost } = spec;
  const before = placesAt(spec, backlog, at);
  const most = burst + queue;
  if (before + 1 > most + NOISE) {
    return { backlog: { places: Math.max(before, Math.min(most, before + refusalCost)), at }, waitMs: undefined };
  }
  const places = before + 1;
  return { backlog: { places, at }, waitMs: (Math.max(0, places - burst) * 1_000) / perSecond };
}

/** What a service has to do at a moment. Nothing comes of looking. */
export function pending(spec: CapacitySpec, backlog: Backlog | undefined, at: number): Pending {
  const { perSecond, burst } = spec;
  const places = placesAt(spec, backlog, at);
  return {
    taken: Math.max(0, Math.ceil(Math.min(burst, places) - NOISE)),
    queued: Math.max(0, Math.ceil(places - burst - NOISE)),
    idleInMs: Math.max(0, Math.ceil((places * 1_000) / perSecond - NOISE)),
  };
}

function placesAt({ perSecond }: CapacitySpec, backlog: Backlog | undefined, at: number): number {
  return backlog === undefined ? 0 : Math.max(0, backlog.places - ((at - backlog.at) * perSecond) / 1_000);
}
