import { failureKnownAt } from '../../journal/calls.ts';
import { plural } from '../../text/plural.ts';
import type { CallHistory, Gap } from '../history/call-history.ts';
import { type EqualFollower, equalFollowers } from '../history/equal-followers.ts';
import { isPermanent } from '../history/permanent.ts';
import { requestIdentity } from '../history/request-identity.ts';
import { sameTarget } from '../history/same-target.ts';
import type { RuleResult } from '../kit/finding.ts';
import { gapObservation, seconds, tryText } from '../kit/observation.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import type { RuleEvidence } from '../kit/rule-evidence.ts';
import { sources } from '../kit/sources.ts';
import { tellingCallsApart } from '../kit/telling-calls-apart.ts';

export const noRetryPermanent = defineRule({
  id: 'no_retry_permanent',
  summary: 'does not repeat what cannot succeed: 400, 401, 402, 403, 404, 413, 422',
  source: sources.errorCodes,
  severity: 'high',
  confidence: 'deterministic',
  measures: 'attempts after a permanent error; fails at the second, unless the credential changed after a 401',
  falseAlarmBound: 0,
  advice: 'retry only what is known to pass; an allow-list of statuses is safer than retrying every exception',
  probe: {
    name: 'no-retry-permanent',
    windowMs: 20_000,
    variants: [
      'invalid_value',
      'invalid_api_key',
      'unsupported_country',
      'model_not_found',
      'payload_too_large',
      'unprocessable',
      'context_length_exceeded',
    ].map((fault) => ({
      name: fault,
      rules: [{ fault }],
    })),
  },
  check: (subject) => {
    const { calls, policy } = subject;
    const permanent = calls.filter(({ tries }) => tries.some(({ entry }) => isPermanent(entry, policy)));
    if (permanent.length === 0) return notApplicable('no answer was a permanent error');
    const repeated = calls.flatMap((call) =>
      call.gaps
        .filter((gap) => isPermanent(gap.before.entry, policy) && !isRefresh(call, gap) && isSurelyRetry(gap))
        .map((gap) => ({ call, gap })),
    );
    const late = calls.flatMap((call) => countedRetry(call, permanent));
    const ruling = {
      n: permanent.length,
      statistic: {
        name: 'calls that repeated one',
        value: new Set([...repeated, ...late].map(({ call }) => call)).size,
        unit: 'calls',
      } as const,
      threshold: 1,
    };
    if (repeated.length + late.length > 0) {
      return {
        ...ruling,
        verdict: 'fail',
        explain: `${ruling.statistic.value} of ${plural(permanent.length, 'permanent error was retried', 'permanent errors were retried')}`,
        evidence: [
          ...repeated.map(({ call, gap }) => gapObservation(call, gap, 'cannot succeed')),
          ...late.map(({ observation }) => observation),
        ],
      };
    }
    return (
      suspected(permanent, subject) ?? {
        ...ruling,
        verdict: 'pass',
        explain: `${plural(permanent.length, 'permanent error')}, none retried`,
      }
    );
  },
});

/** A new credential after a 401 is worth one more attempt, and another key after a 429. */
function isRefresh({ gaps }: CallHistory, { before, after, index }: Gap): boolean {
  // Another key may have credit.
  if (before.entry.status === 429) return before.entry.authorizationHash !== after.entry.authorizationHash;
  if (before.entry.status !== 401 || before.entry.authorizationHash === after.entry.authorizationHash) return false;
  return !gaps.some((earlier) => earlier.index < index && earlier.before.entry.status === 401);
}

/** Another body is another request under the same name: mended after the error, or one of several that share the name. */
function isSurelyRetry({ before, after }: Gap): boolean {
  return before.entry.bodySha256 === after.entry.bodySha256 || (after.retryCount ?? 0) > 0;
}

/** A call whose first request counts itself as the retry of an equal one that failed for good. */
function countedRetry(call: CallHistory, permanent: readonly CallHistory[]) {
  const [first] = call.tries;
  const count = first?.retryCount ?? 0;
  if (first === undefined || count === 0) return [];
  const failed = permanent
    .flatMap(({ tries }) => tries.slice(-1))
    .find(
      ({ entry, retryCount }) =>
        retryCount === count - 1 && entry.seq < first.entry.seq && requestIdentity(entry) === requestIdentity(first.entry),
    );
  if (failed === undefined) return [];
  const gapMs = first.entry.t_headers - (failureKnownAt(failed.entry) ?? first.entry.t_headers);
  const line = `${tryText({ ...failed, position: count })} → attempt ${count + 1} after ${seconds(gapMs)}, cannot succeed`;
  return [{ call, observation: { call: call.id, entries: [failed.entry.seq, first.entry.seq], line } }];
}

/**
 * Without a name, a repetition of a request that failed for good looks like a new call that says the same. That is
 * told, keeps a run from passing, and accuses nobody.
 */
function suspected(permanent: readonly CallHistory[], { calls, entries: [first], policy }: RuleEvidence): RuleResult | undefined {
  const pairs = equalFollowers(calls).filter((pair) => permanent.includes(pair.before) && asksTheSameTarget(pair));
  if (pairs.length === 0) return undefined;
  return {
    verdict: 'inconclusive',
    explain: `${plural(pairs.length, 'equal request')} followed permanent errors within a minute: retries, or new calls that say the same; ${tellingCallsApart(first?.session ?? 'default', policy.calls)}`,
    suspected: true,
    n: permanent.length,
    evidence: pairs.map(({ call, gapMs, entries }) => ({
      call: call.id,
      entries,
      line: `an equal request ${seconds(gapMs)} after a permanent error`,
    })),
  };
}

/** What goes on to another target is the matter of no_failover_on_bad_request. */
function asksTheSameTarget({ before, call }: EqualFollower): boolean {
  const [last, next] = [before.tries.at(-1), call.tries[0]];
  return last !== undefined && next !== undefined && sameTarget(last.entry, next.entry);
}
