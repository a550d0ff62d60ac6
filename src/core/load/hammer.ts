import type { HammerTraffic } from './hammer-traffic.ts';
import type { LoadMeasurements } from './measurements.ts';

/** What a hammer asked for, and what the fleet got beside it. */
export interface Hammer {
  readonly connections: number;
  readonly requests: number;
  /** While it was there. Null of one that was there for no whole second. */
  readonly perSecond: number | null;
  readonly answers: Readonly<Record<string, number>>;
  /** Requests that were answered with a 2xx, over those that came: of the fleet and of the hammer. Null where none came. */
  readonly served: { readonly fleet: number | null; readonly hammer: number | null };
  /** Of all answers with a 2xx, the share that went to the fleet; null where there were none. */
  readonly fleetShare: number | null;
}

/** Undefined without a hammer. */
export function hammerOf({ hammer, samples, loadMs, answeredWell: ofFleet }: LoadMeasurements): Hammer | undefined {
  if (hammer === undefined) return undefined;
  const { connections, answers } = hammer;
  const requests = requestsOf(hammer);
  const seconds = loadMs / 1_000;
  const ofHammer = Object.entries(answers).reduce((sum, [status, count]) => sum + (isGood(Number(status)) ? count : 0), 0);
  return {
    connections,
    requests,
    perSecond: seconds < 1 ? null : requests / seconds,
    answers,
    served: { fleet: share(ofFleet, samples.attempts.length), hammer: share(ofHammer, requests) },
    fleetShare: share(ofFleet, ofFleet + ofHammer),
  };
}

/** How many requests came. */
function requestsOf({ answers }: Pick<HammerTraffic, 'answers'>): number {
  return Object.values(answers).reduce((sum, count) => sum + count, 0);
}

function isGood(status: number): boolean {
  return status >= 200 && status < 300;
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
