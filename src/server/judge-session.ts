import type { PolicySpec } from '../core/backoff/policy-schema.ts';
import type { Circumstances } from '../core/backoff/subject.ts';
import type { Verdict } from '../core/backoff/verdict.ts';
import { sessionPolicy } from '../engine/load-policy.ts';
import type { Session } from '../engine/session.ts';
import { verdictOn } from '../engine/verdict.ts';
import type { LoopDelayMonitor } from './loop-delay.ts';

export interface Judging {
  /** Put over the `expect:` of the scenario. */
  readonly policy?: PolicySpec | undefined;
  readonly circumstances?: Partial<Circumstances>;
}

/** Judges the client of a session, with what is known of the mock's own lateness while it was used. */
export function judgeSession(session: Session, loopDelay: LoopDelayMonitor, { policy, circumstances }: Judging = {}): Verdict {
  const startedAt = session.startedAt ?? Number.POSITIVE_INFINITY;
  const stalls = loopDelay
    .history()
    .filter(({ at }) => at >= startedAt)
    .map(({ at, p99 }) => ({ at, ms: p99 }));
  return verdictOn(session, sessionPolicy(session, policy), { stalls, ...circumstances });
}
