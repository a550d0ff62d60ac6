import { largest } from '../../collections/largest.ts';
import type { CallHistory } from '../history/call-history.ts';
import { callObservation, seconds } from '../kit/observation.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import { sources } from '../kit/sources.ts';
import { boundedAttempts } from './bounded-attempts.ts';

const LONG_MS = 600_000;

export const boundedTime = defineRule({
  id: 'bounded_time',
  summary: 'gives up within a bounded time',
  source: sources.transientFaults,
  severity: 'medium',
  confidence: 'deterministic',
  measures:
    'start of the last attempt after the first; fails later than max_elapsed + max(250 ms, 5 %) where it is declared, else warns above 10 min',
  falseAlarmBound: 0,
  advice: 'give each call a deadline, and start no attempt that would begin after it',
  probe: boundedAttempts.probe,
  looksAt: 'eventful calls',
  accusesHidden: true,
  check: ({ calls, policy }) => {
    const retried = calls.filter(({ tries }) => tries.length > 1);
    if (retried.length === 0) return notApplicable('no call was retried');
    const { maxElapsedMs } = policy;
    const limit = maxElapsedMs === undefined ? LONG_MS : maxElapsedMs + Math.max(250, maxElapsedMs * 0.05);
    const longest = largest(retried.map(spanMs));
    const over = retried.filter((call) => spanMs(call) > limit);
    return {
      verdict: over.length === 0 ? 'pass' : maxElapsedMs === undefined ? 'warn' : 'fail',
      explain: `the last attempt of a call started ${seconds(longest)} after its first at the latest`,
      n: retried.length,
      statistic: { name: 'longest call', value: longest, unit: 'ms' },
      threshold: limit,
      evidence: over.map((call) => callObservation(call, `still at it after ${seconds(spanMs(call))}`)),
    };
  },
});

function spanMs({ tries }: CallHistory): number {
  return (tries.at(-1)?.entry.t_headers ?? 0) - (tries[0]?.entry.t_headers ?? 0);
}
