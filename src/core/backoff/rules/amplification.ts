import { groupBy } from '../../collections/group-by.ts';
import { largest } from '../../collections/largest.ts';
import { plural } from '../../text/plural.ts';
import type { CallHistory } from '../history/call-history.ts';
import { eventfulCalls } from '../history/eventful-calls.ts';
import { targetOf } from '../history/target.ts';
import { backoffProbe } from '../kit/backoff-probe.ts';
import type { RuleResult } from '../kit/finding.ts';
import { callObservation } from '../kit/observation.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import { sources } from '../kit/sources.ts';

/** Attempts from which on nested layers are a failure (backoff.md 6.4, D2). */
const MANY = 8;

export const amplification = defineRule({
  id: 'amplification',
  summary: 'retries in one layer only',
  source: `${sources.timeouts}; ${sources.overload}`,
  severity: 'high',
  confidence: 'deterministic',
  measures: `x-stainless-retry-count that starts anew at one target within one call; warns, and fails from ${MANY} attempts on; info for ${MANY} attempts that carry no count`,
  falseAlarmBound: 0,
  advice: 'retry at one layer: set maxRetries: 0 in the SDK when a framework retries above it, or the other way round',
  probe: backoffProbe,
  check: ({ calls }) => {
    const eventful = eventfulCalls(calls);
    if (!eventful.some(({ tries }) => tries[0]?.failure !== undefined)) return notApplicable('no attempt failed');
    // Each of the others took one attempt.
    const attempts = eventful.reduce((sum, { tries }) => sum + tries.length, calls.length - eventful.length);
    const nested = eventful.filter(isNested);
    const uncounted = nested.length > 0 ? [] : eventful.filter(isManyUncounted);
    if (uncounted.length > 0) return unknownLayers(uncounted, calls.length);
    const most = largest(
      nested.map(({ tries }) => tries.length),
      0,
    );
    const mean = attempts / calls.length;
    return {
      verdict: nested.length === 0 ? 'pass' : most >= MANY ? 'fail' : 'warn',
      explain:
        nested.length === 0
          ? `${mean.toFixed(2)} attempts per call, from one layer as far as the journal shows`
          : `${plural(nested.length, 'call was', 'calls were')} retried by two layers, up to ${most} attempts`,
      n: calls.length,
      statistic:
        nested.length === 0
          ? { name: 'attempts per call', value: mean, unit: 'ratio' }
          : { name: 'most attempts of a nested call', value: most, unit: 'attempts' },
      threshold: MANY,
      evidence: nested.map((call) =>
        callObservation(call, `retry counts ${call.tries.map(({ retryCount }) => retryCount ?? '–').join(' ')}`),
      ),
    };
  },
});

/** So many attempts at one target may be the product of several layers. Without retry counts nothing speaks for one or the other. */
function isManyUncounted({ tries }: CallHistory): boolean {
  if (tries.length < MANY) return false;
  return [...groupBy(tries, ({ entry }) => targetOf(entry)).values()].some(
    (asked) => asked.length >= MANY && asked.every(({ retryCount }) => retryCount === undefined),
  );
}

function unknownLayers(calls: readonly CallHistory[], n: number): RuleResult {
  const most = largest(
    calls.map(({ tries }) => tries.length),
    0,
  );
  return {
    verdict: 'info',
    explain: `${plural(calls.length, 'call')} made ${MANY} attempts or more, up to ${most}, without x-stainless-retry-count: one layer may have made them, or several`,
    n,
    statistic: { name: 'most attempts of a call', value: most, unit: 'attempts' },
    threshold: MANY,
    evidence: calls.map((call) => callObservation(call, 'none has a retry count')),
  };
}

/**
 * Retry counts that went up and then start anew at the same target (0 1 2 0 1 2): somebody above the SDK retries, too. At
 * another target it is a failover, whose client counts from 0.
 */
function isNested({ tries }: CallHistory): boolean {
  if (!tries.some(({ retryCount = 0 }) => retryCount > 0)) return false;
  return [...groupBy(tries, ({ entry }) => targetOf(entry)).values()].some((asked) =>
    asked.some(({ retryCount }, at) => {
      const previous = asked[at - 1]?.retryCount;
      return retryCount !== undefined && previous !== undefined && retryCount < previous;
    }),
  );
}
