import { largest } from '../../collections/largest.ts';
import type { Policy } from '../../policy/policy.ts';
import { plural } from '../../text/plural.ts';
import type { CallHistory, Try } from '../history/call-history.ts';
import { invitesRetry } from '../history/invites-retry.ts';
import { endlessFailuresProbe } from '../kit/endless-failures-probe.ts';
import { callObservation } from '../kit/observation.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import type { RuleEvidence } from '../kit/rule-evidence.ts';
import { sources } from '../kit/sources.ts';

/** Attempts that need explaining, and that nothing explains (backoff.md D1). */
const MANY = 8;
const TOO_MANY = 20;
/** A client that stayed away for so many of its own waits has given up. */
const WAITS_OF_SILENCE = 3;
const LEAST_SILENCE_MS = 1_000;

export const boundedAttempts = defineRule({
  id: 'bounded_attempts',
  summary: 'gives up after a few attempts',
  source: `${sources.overload}; ${sources.cookbook}`,
  severity: 'critical',
  confidence: 'deterministic',
  measures: `attempts per call; fails above max_attempts + 1 where it is declared (one more is forgiven), else above ${TOO_MANY}; warns from ${MANY} on`,
  falseAlarmBound: 0,
  advice: 'stop after a fixed number of attempts (3 to 6) and let the caller see the last error',
  probe: endlessFailuresProbe,
  hears: 'every scene',
  looksAt: 'eventful calls',
  accusesHidden: true,
  check: (subject) => {
    const { calls, policy } = subject;
    const failed = calls.filter(({ tries }) => failedForNow(tries.at(-1), policy));
    const most = largest(
      calls.map(({ tries }) => tries.length),
      0,
    );
    // Retries and attempts are easily mixed up: one more is forgiven.
    const limit = policy.maxAttempts === undefined ? TOO_MANY : policy.maxAttempts + 1;
    const over = calls.filter(({ tries }) => tries.length > limit);
    const ruling = {
      n: failed.length,
      statistic: { name: 'most attempts of a call', value: most, unit: 'attempts' } as const,
      threshold: limit + 1,
    };
    const forgiven = policy.maxAttempts === undefined ? '' : ` (max_attempts: ${policy.maxAttempts}, one more is forgiven)`;
    if (over.length > 0) {
      const explain = `${plural(over.length, 'call')} made more than ${plural(limit, 'attempt')}${forgiven}, up to ${most}`;
      return { ...ruling, verdict: 'fail', explain, evidence: over.map((call) => callObservation(call)) };
    }
    if (policy.maxAttempts === undefined && most >= MANY) {
      const many = calls.filter(({ tries }) => tries.length >= MANY);
      const explain = `${plural(many.length, 'call')} made ${MANY} attempts or more, up to ${most}`;
      return { ...ruling, threshold: MANY, verdict: 'warn', explain, evidence: many.map((call) => callObservation(call)) };
    }
    if (failed.length === 0) return notApplicable('no call ended in a failure that another attempt might have mended');
    const going = failed.filter((call) => mayGoOn(call, subject));
    const explain = `calls that never succeeded ended after ${plural(most, 'attempt')} at most${most === limit ? forgiven : ''}`;
    if (going.length === 0) return { ...ruling, verdict: 'pass', explain, n: failed.length };
    return {
      ...ruling,
      verdict: 'inconclusive',
      explain: `${plural(going.length, 'call was', 'calls were')} not watched long enough to see whether they go on`,
    };
  },
});

/** Whether the call ended in a failure that another attempt might have mended. */
function failedForNow(last: Try | undefined, policy: Policy): boolean {
  return last !== undefined && (last.failure === 'pending' || invitesRetry(last.entry, policy));
}

/** Whether another attempt of the call may have come after we last looked. */
function mayGoOn({ tries, gaps }: CallHistory, { watchedUntil, clientEndedAt }: RuleEvidence): boolean {
  if (clientEndedAt !== undefined) return false;
  const last = tries.at(-1)?.entry;
  if (last === undefined || last.t_end === null) return true;
  const longest = largest(
    gaps.map(({ gapMs }) => gapMs),
    Math.max(LEAST_SILENCE_MS, (last.hint?.dueAt ?? 0) - last.t_headers),
  );
  return watchedUntil - last.t_end < WAITS_OF_SILENCE * longest;
}
