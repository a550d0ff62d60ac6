import { plural } from '../../text/plural.ts';
import { backoffProbe } from '../kit/backoff-probe.ts';
import { endlessFailuresProbe } from '../kit/endless-failures-probe.ts';
import type { RuleResult } from '../kit/finding.ts';
import { callObservation, seconds } from '../kit/observation.ts';
import { observations } from '../kit/observations.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import { sources } from '../kit/sources.ts';
import { binomialTail, median } from '../kit/statistics.ts';
import {
  failureName,
  groupsByFailure,
  HOT_MS,
  hotChance,
  hotCount,
  longestHotRow,
  type UnhintedRun,
  unhintedRuns,
} from '../kit/unhinted.ts';

const QUORUM = 0.6;
const NEEDED = 24;
/** So many hot gaps in a row happen to a good client once in two million calls. */
const LOOP = 6;
const BOUND = 1e-4;
/** What a busy machine, or a client that has just started, adds to waits that are none. */
const NOISE_MS = 100;

export const noHotRetry = defineRule({
  id: 'no_hot_retry',
  summary: 'waits between retries; at most one comes at once',
  source: `${sources.retryStorm}; ${sources.transientFaults}`,
  severity: 'critical',
  confidence: 'deterministic',
  measures: `calls whose first two waits without a hint are below ${HOT_MS} ms, by the failure before them: fails at 60 % of the calls where chance explains that in one of 10,000 runs (5 of 5, 15 of 24), or at one call with ${LOOP} such waits in a row; inconclusive where typical waits are below ${NOISE_MS} ms`,
  falseAlarmBound: BOUND,
  advice: 'sleep before every retry but the first, for a random time below a bound that doubles: min(cap, base · 2ⁿ)',
  probe: backoffProbe,
  alsoProbe: endlessFailuresProbe,
  hears: 'every scene',
  looksAt: 'eventful calls',
  accusesHidden: true,
  check: ({ calls }) => {
    const runs = unhintedRuns(calls).filter(({ gaps }) => gaps.length >= 2);
    if (runs.length === 0) return notApplicable('no call was retried twice without a hint');
    const loops = runs.filter((run) => longestHotRow(run) >= LOOP);
    if (loops.length > 0) return hotLoops(loops, runs.length);
    const groups = groupsByFailure(runs);
    const judged = groups.map((group) => judgeGroup(group, groups.length));
    return (
      judged.find(({ verdict }) => verdict === 'fail') ??
      judged.find(({ verdict }) => verdict === 'inconclusive') ??
      judgeGroup(runs, groups.length)
    );
  },
});

function hotLoops(loops: readonly UnhintedRun[], of: number): RuleResult {
  return {
    verdict: 'fail',
    explain: `${loops.length} of ${plural(of, 'call')} retried ${LOOP} times in a row within ${HOT_MS} ms each`,
    n: of,
    statistic: { name: 'hot loops', value: loops.length, unit: 'calls' },
    threshold: 1,
    falseAlarmBound: of * hotChance(LOOP),
    evidence: observations(loops, ({ call }) => callObservation(call)),
  };
}

/** The runs after one kind of failure, one of so many kinds. */
function judgeGroup(runs: readonly UnhintedRun[], kinds: number): RuleResult {
  const hot = runs.filter((run) => hotCount(run) >= 2);
  const share = hot.length / runs.length;
  const after = kinds === 1 ? '' : ` after ${failureName(runs)}`;
  const explain = `${hot.length} of ${plural(runs.length, 'call')} retried twice within ${HOT_MS} ms each`;
  const ruling = {
    n: runs.length,
    statistic: { name: 'share of calls', value: share, unit: 'share' } as const,
    threshold: QUORUM,
    evidence: observations(hot, ({ call }) => callObservation(call)),
  };
  const chance = kinds * binomialTail(runs.length, hot.length, hotChance(2));
  if (share >= QUORUM && chance < BOUND)
    return { ...ruling, verdict: 'fail', explain: `${explain}${after}`, falseAlarmBound: chance };
  if (hot.length > 0 && runs.length < NEEDED)
    return { ...ruling, verdict: 'inconclusive', explain: `${explain}${after}; ${NEEDED} calls are needed` };
  // One wait of none is allowed: the longer of the first two speaks.
  const typical = median(runs.map(({ gaps: [first, second] }) => Math.max(first?.gapMs ?? 0, second?.gapMs ?? 0)));
  if (typical < NOISE_MS) {
    const short = `the longer of the first two waits is ${seconds(typical)} (median)${after}, which a busy machine adds to no wait at all`;
    return { ...ruling, verdict: 'inconclusive', explain: `${explain}; ${short}` };
  }
  return { ...ruling, verdict: 'pass', explain };
}
