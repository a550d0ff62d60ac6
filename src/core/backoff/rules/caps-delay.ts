import { largest } from '../../collections/largest.ts';
import { backoffProbe } from '../kit/backoff-probe.ts';
import { censored, gapObservation, seconds } from '../kit/observation.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import { sources } from '../kit/sources.ts';

/** Retries after which a doubling wait has left every sensible start far behind. */
const DEEP = 6;

export const capsDelay = defineRule({
  id: 'caps_delay',
  summary: 'has a ceiling for the waits that it chooses itself',
  source: sources.timeouts,
  severity: 'low',
  confidence: 'deterministic',
  measures: 'the longest wait without a hint; fails above max_delay (default 120 s)',
  falseAlarmBound: 0,
  advice: 'cap the backoff, for instance at 20 s',
  probe: backoffProbe,
  check: ({ calls, policy, watchedUntil, clientEndedAt }) => {
    const gaps = calls.flatMap((call) =>
      call.gaps
        .filter(({ before }) => before.asked === undefined && before.failure !== 'abandoned')
        .map((gap) => ({ call, gap })),
    );
    const longest = largest(
      gaps.map(({ gap }) => gap.gapMs),
      0,
    );
    const over = gaps.filter(({ gap }) => gap.gapMs > policy.maxDelayMs);
    const ruling = {
      n: gaps.length,
      statistic: { name: 'longest wait', value: longest, unit: 'ms' } as const,
      threshold: policy.maxDelayMs,
      evidence: over.map(({ call, gap }) => gapObservation(call, gap, `longer than ${seconds(policy.maxDelayMs)}`)),
    };
    const explain = `the longest wait without a hint was ${seconds(longest)} of at most ${seconds(policy.maxDelayMs)}`;
    if (over.length > 0) return { ...ruling, verdict: 'fail', explain };
    if (calls.some((call) => call.gaps.length >= DEEP)) {
      const clock =
        clientEndedAt === undefined ? censored(watchedUntil - (calls[0]?.tries[0]?.entry.t_headers ?? watchedUntil)) : 'real';
      return { ...ruling, verdict: 'pass', explain, clock };
    }
    return notApplicable(`a ceiling shows after ${DEEP} retries or more; the longest wait was ${seconds(longest)}`);
  },
});
