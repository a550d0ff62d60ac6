import { atOnce, type Steps } from '../../core/at-once.ts';
import type { RunContext } from '../../core/backoff/kit/rule-evidence.ts';
import type { Verdict } from '../../core/backoff/verdict/verdict.ts';
import type { PolicySpec } from '../../core/policy/policy-schema.ts';
import { sessionPolicy } from '../../session/load-policy.ts';
import type { Session } from '../../session/session.ts';
import { type Judged, judgeClient } from '../../session/verdict-on.ts';
import type { LoopDelayMonitor } from '../timing/loop-delay.ts';

export interface Judging {
  /** Put over the `expect:` of the scenario. */
  readonly policy?: PolicySpec | undefined;
  readonly circumstances?: Partial<RunContext>;
}

/** Judges the client of a session, with what is known of the mock's own lateness while it was used. */
export function judgeSession(session: Session, loopDelay: LoopDelayMonitor, judging: Judging = {}): Verdict {
  return atOnce(judgeSessionInSteps(session, loopDelay, judging)).verdict;
}

/** See `judgeSession`. */
export function judgeSessionInSteps(
  session: Session,
  loopDelay: LoopDelayMonitor,
  { policy, circumstances }: Judging,
): Steps<Judged> {
  const startedAt = session.startedAt ?? Number.POSITIVE_INFINITY;
  const stalls = loopDelay
    .history()
    .filter(({ at }) => at >= startedAt)
    .map(({ at, p99 }) => ({ at, ms: p99 }));
  return judgeClient(session, sessionPolicy(session, policy), { stalls, ...circumstances });
}
