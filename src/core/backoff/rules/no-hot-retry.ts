import { plural } from '../../plural.ts';
import { backoffProbe } from '../backoff-probe.ts';
import { callObservation } from '../observation.ts';
import { defineRule, notApplicable } from '../rule.ts';
import { HOT_MS, hotChance, hotCount, unhintedRuns } from '../unhinted.ts';

const QUORUM = 0.6;
const NEEDED = 24;
/** So many hot gaps in a row happen to a good client once in two million calls. */
const LOOP = 6;

export const noHotRetry = defineRule({
  id: 'no_hot_retry',
  summary: 'waits between retries; at most one comes at once',
  source: 'Azure retry-storm guidance; backoff.md C1, 6.4',
  severity: 'critical',
  confidence: 'deterministic',
  measures: `calls whose first two waits without a hint are below ${HOT_MS} ms: fails at 60 % of at least ${NEEDED} calls, or at one call with ${LOOP} such waits in a row`,
  falseAlarmBound: 1e-4,
  advice: 'sleep before every retry but the first, for a random time below a bound that doubles: min(cap, base · 2ⁿ)',
  probe: backoffProbe,
  check: ({ calls }) => {
    const runs = unhintedRuns(calls).filter(({ gaps }) => gaps.length >= 2);
    if (runs.length === 0) return notApplicable('no call was retried twice without a hint');
    const hot = runs.filter((run) => hotCount(run) >= 2);
    const loops = runs.filter((run) => hotCount(run) >= LOOP);
    const share = hot.length / runs.length;
    const ruling = {
      n: runs.length,
      statistic: { name: 'share of calls', value: share, unit: 'share' } as const,
      threshold: QUORUM,
      evidence: hot.map(({ call }) => callObservation(call)),
    };
    if (loops.length > 0) {
      const explain = `${loops.length} of ${plural(runs.length, 'call')} retried ${LOOP} times in a row within ${HOT_MS} ms each`;
      const statistic = { name: 'hot loops', value: loops.length, unit: 'calls' } as const;
      return { ...ruling, verdict: 'fail', explain, statistic, threshold: 1, falseAlarmBound: runs.length * hotChance(LOOP) };
    }
    const explain = `${hot.length} of ${plural(runs.length, 'call')} retried twice within ${HOT_MS} ms each`;
    if (share < QUORUM && (runs.length >= NEEDED || hot.length === 0)) return { ...ruling, verdict: 'pass', explain };
    if (runs.length < NEEDED) return { ...ruling, verdict: 'inconclusive', explain: `${explain}; ${NEEDED} calls are needed` };
    return { ...ruling, verdict: 'fail', explain, falseAlarmBound: 1e-8 };
  },
});
