import { explainLimit } from '../../core/plan/explain-limits.ts';
import type { AccountLevels, BucketLevel, Level } from '../../core/plan/limit-levels.ts';
import type { Session } from '../../session/session.ts';

/** The limits of a session as they stand. */
interface LimitsInUse {
  /** Each entry in words. */
  readonly limits: readonly string[];
  /** What is left of each entry, in the same order. */
  readonly levels: readonly { readonly of: string; readonly accounts: readonly object[]; readonly left_out: number }[];
  /** What the service has to do; null where its capacity has no bound. */
  readonly capacity: CapacityInUse | null;
}

interface CapacityInUse {
  readonly per_second: number;
  /** Requests of the session that are under way. */
  readonly in_flight: number;
  readonly burst: Level;
  readonly queue: Level;
  readonly idle_in_ms: number;
}

/** What is left of limits and capacity. It changes nothing. */
export function limitsInUse(session: Session): LimitsInUse {
  const { limits } = session.plan;
  return {
    limits: limits.map(explainLimit),
    levels: session
      .limitLevels()
      .map(({ of, accounts, leftOut }) => ({ of, accounts: accounts.map(shownAccount), left_out: leftOut })),
    capacity: capacityInUse(session),
  };
}

function shownAccount({ keyHash, family, buckets, inFlight }: AccountLevels): object {
  const levels = Object.entries(buckets).map(([kind, level]) => [kind, shownBucket(level)]);
  return {
    key: keyHash ?? null,
    model: family,
    ...Object.fromEntries(levels),
    ...(inFlight === undefined ? {} : { in_flight: inFlight }),
  };
}

function shownBucket({ fullInMs, ...level }: BucketLevel): object {
  return { ...level, full_in_ms: fullInMs };
}

function capacityInUse(session: Session): CapacityInUse | null {
  const { capacity } = session.plan;
  const pending = session.pending();
  if (capacity === undefined || pending === undefined) return null;
  return {
    per_second: capacity.perSecond,
    in_flight: session.inFlight,
    burst: levelOf(capacity.burst, pending.taken),
    queue: levelOf(capacity.queue, pending.queued),
    idle_in_ms: pending.idleInMs,
  };
}

function levelOf(limit: number, used: number): Level {
  return { limit, used, left: Math.max(0, limit - used) };
}
