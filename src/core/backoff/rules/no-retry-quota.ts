import { groupBy } from '../../collections/group-by.ts';
import { largest } from '../../collections/largest.ts';
import { plural } from '../../text/plural.ts';
import { isQuota } from '../history/permanent.ts';
import { callObservation, seconds } from '../kit/observation.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import { sources } from '../kit/sources.ts';

/** What both official SDKs do by default: three attempts within seconds. */
const FORGIVEN_ATTEMPTS = 3;
const FORGIVEN_MS = 10_000;

export const noRetryQuota = defineRule({
  id: 'no_retry_quota',
  summary: 'does not retry a 429 that means no credit',
  source: sources.errorCodes,
  severity: 'high',
  confidence: 'deterministic',
  measures: `attempts after a billing code; warns at the second, fails above ${FORGIVEN_ATTEMPTS} attempts or ${FORGIVEN_MS / 1_000} s (the official SDKs retry it twice)`,
  falseAlarmBound: 0,
  advice: 'look at error.code, not at the status alone: stop on insufficient_quota and the spend-limit codes, and tell a human',
  probe: {
    name: 'no-retry-quota',
    windowMs: 20_000,
    variants: [
      'credit_balance_exhausted',
      'organization_spend_limit_exceeded',
      'project_spend_limit_exceeded',
      'organization_usage_limit_exceeded',
    ].map((code) => ({
      name: code,
      rules: [{ fault: { insufficient_quota: { code } } }],
    })),
  },
  looksAt: 'eventful calls',
  check: ({ calls }) => {
    const broke = calls.flatMap((call) => {
      // What the scenario deals out for a while may be waited for.
      const tries = call.tries.filter(({ entry }) => isQuota(entry) && entry.faultApplied?.passes !== true);
      // Another key may have credit.
      return [...groupBy(tries, ({ entry }) => entry.authorizationHash)].flatMap(([key, [first]]) => {
        const after = call.tries.flatMap(({ entry }) =>
          first !== undefined && entry.seq >= first.entry.seq && entry.authorizationHash === key ? [entry.t_headers] : [],
        );
        return [{ call, attempts: after.length, burnedMs: (after.at(-1) ?? 0) - (after[0] ?? 0) }];
      });
    });
    if (broke.length === 0) return notApplicable('no answer carried a billing code');
    const most = largest(broke.map(({ attempts }) => attempts));
    const longest = largest(broke.map(({ burnedMs }) => burnedMs));
    const retried = broke.filter(({ attempts }) => attempts > 1);
    const burned = most > FORGIVEN_ATTEMPTS || longest > FORGIVEN_MS;
    return {
      verdict: retried.length === 0 ? 'pass' : burned ? 'fail' : 'warn',
      explain:
        retried.length === 0
          ? `${plural(broke.length, 'call')} stopped at a billing code`
          : `${retried.length} of ${plural(broke.length, 'call')} went on after a billing code, up to ${plural(most, 'attempt')} and ${seconds(longest)}`,
      n: broke.length,
      statistic: { name: 'most attempts', value: most, unit: 'attempts' },
      threshold: burned ? FORGIVEN_ATTEMPTS + 1 : 2,
      evidence: retried.map(({ call }) => callObservation(call)),
    };
  },
});
