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

/** Judges the client of sessions that belong together, with what is known of the mock's own lateness while they were used. */
export function judgeSession(
  sessions: readonly [Session, ...Session[]],
  loopDelay: LoopDelayMonitor,
  judging: Judging = {},
): Verdict {
  return atOnce(judgeSessionInSteps(sessions, loopDelay, judging)).verdict;
}

/** See `judgeSession`. */
export function judgeSessionInSteps(
  sessions: readonly [Session, ...Session[]],
  loopDelay: LoopDelayMonitor,
  { policy, circumstances }: Judging,
): Steps<Judged> {
  const startedAt = Math.min(...sessions.map((session) => session.startedAt ?? Number.POSITIVE_INFINITY));
  const stalls = loopDelay
    .history()
    .filter(({ at }) => at >= startedAt)
    .map(({ at, p99 }) => ({ at, ms: p99 }));
  return judgeClient(sessions, sessionPolicy(sessions[0], policy), { stalls, ...circumstances });
}
