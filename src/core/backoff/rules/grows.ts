import { plural } from '../../text/plural.ts';
import { ownQueueMs } from '../history/own-queue.ts';
import { backoffProbe } from '../kit/backoff-probe.ts';
import { isDegenerate, MIN_MEDIAN_MS } from '../kit/dispersion.ts';
import { endlessFailuresProbe } from '../kit/endless-failures-probe.ts';
import type { RuleResult } from '../kit/finding.ts';
import { leastWaitMs } from '../kit/least-wait-ms.ts';
import { callObservation, seconds } from '../kit/observation.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import type { RuleEvidence } from '../kit/rule-evidence.ts';
import { sources } from '../kit/sources.ts';
import { median, trimmedMean } from '../kit/statistics.ts';
import { columnsOf, failureName, gapsOf, groupsByFailure, type UnhintedRun, unhintedRuns } from '../kit/unhinted.ts';

const LEAST_GROWTH = 1.2;
/** A constant wait stays below it (backoff.md 6.2); so few good clients do that several kinds of failure may be looked at. */
const CONSTANT = 1.1;
/** The growth of a linear backoff from its third wait to its fourth: 4/3. */
const LINEAR_SLOPE = 0.5;

export const grows = defineRule({
  id: 'grows',
  summary: 'waits longer from retry to retry',
  source: sources.jitter,
  severity: 'medium',
  confidence: 'statistical',
  measures: `trimmed mean of the third wait (the fourth, where there is one) over that of the first; fails below ${LEAST_GROWTH} in 20 (10) calls, and below ${CONSTANT} after failures of another kind than most`,
  falseAlarmBound: 1e-4,
  advice: 'double the bound of the wait with each retry, up to a cap',
  probe: backoffProbe,
  alsoProbe: endlessFailuresProbe,
  hears: 'every scene',
  looksAt: 'eventful calls',
  check: (subject) => {
    const [main = [], ...others] = groupsByFailure(unhintedRuns(subject.calls));
    const ruling = judgeGroup(main, LEAST_GROWTH, subject);
    if (ruling.verdict === 'fail') return unlessQueued(ruling, main, subject);
    for (const group of others) {
      const other = judgeGroup(group, CONSTANT, subject);
      const judged = other.verdict === 'fail' ? unlessQueued(other, group, subject) : undefined;
      if (judged?.verdict === 'fail') return { ...judged, explain: `after ${failureName(group)} ${judged.explain}` };
    }
    return ruling;
  },
});

/** Waits in a queue of the client are longest at the first retry, when most calls are under way. */
function unlessQueued(ruling: RuleResult, runs: readonly UnhintedRun[], subject: RuleEvidence): RuleResult {
  const queueMs = ownQueueMs(
    runs.map(({ call }) => call),
    subject,
  );
  if (queueMs === undefined) return ruling;
  const explain = `calls waited up to ${seconds(queueMs)} in a queue of the client before their first request, and so may retries: ${ruling.explain}`;
  return { ...ruling, verdict: 'inconclusive', explain };
}

/** The runs after one kind of failure. */
function judgeGroup(runs: readonly UnhintedRun[], leastGrowth: number, { stalls = [] }: RuleEvidence): RuleResult {
  const [first = [], second = [], third = [], fourth = []] = columnsOf(runs);
  if (second.length === 0) return notApplicable('no call was retried twice without a hint');
  const deep = fourth.length >= 10;
  const last = deep ? fourth : third;
  const needed = deep ? 10 : 20;
  const ratio = trimmedMean(last) / trimmedMean(first);
  const ruling = {
    n: last.length,
    statistic: { name: deep ? 'wait 4 / wait 1' : 'wait 3 / wait 1', value: ratio, unit: 'ratio' } as const,
    threshold: leastGrowth,
    evidence: runs.slice(0, 3).map(({ call }) => callObservation(call)),
  };
  if (last.length < needed) return tooFew(first, second, ruling.evidence, last.length);
  if (median(last) < MIN_MEDIAN_MS)
    return { ...ruling, verdict: 'inconclusive', explain: `waits of ${seconds(median(last))} are too short to measure growth` };
  const explain = `waits grow by a factor of ${ratio.toFixed(2)}, from ${seconds(trimmedMean(first))} to ${seconds(trimmedMean(last))}`;
  if (ratio < leastGrowth) {
    const least = gapsOf(runs, 0).map((gap) => leastWaitMs(gap, stalls));
    if (trimmedMean(last) < leastGrowth * trimmedMean(least)) return { ...ruling, verdict: 'fail', explain };
    return {
      ...ruling,
      verdict: 'inconclusive',
      explain: `this machine was late itself, by as much as hides growth: ${explain}`,
    };
  }
  const slope = Math.log2(trimmedMean(fourth) / trimmedMean(third));
  const linear = deep && slope < LINEAR_SLOPE && slope > 0.1 && isDegenerate(third) && isDegenerate(fourth);
  if (linear) return { ...ruling, verdict: 'warn', explain: `${explain}: linear rather than exponential` };
  return { ...ruling, verdict: 'pass', explain };
}

/** Two waits alone show a constant interval only where they do not vary at all. */
function tooFew(first: readonly number[], second: readonly number[], evidence: ReturnType<typeof callObservation>[], n: number) {
  const enough = first.length >= 24 && second.length >= 24;
  const ratio = trimmedMean(second) / trimmedMean(first);
  const constant = enough && median(first) >= MIN_MEDIAN_MS && isDegenerate(first) && isDegenerate(second) && ratio < CONSTANT;
  const statistic = { name: 'wait 2 / wait 1', value: ratio, unit: 'ratio' } as const;
  if (constant)
    return {
      verdict: 'fail',
      explain: `always waits the same ${seconds(median(first))}`,
      n: second.length,
      statistic,
      threshold: CONSTANT,
      evidence,
      falseAlarmBound: 2e-5,
    } as const;
  return {
    verdict: 'inconclusive',
    explain: `${plural(n, 'call')} had three waits without a hint; 20 are needed (let the client retry at least 3 times)`,
    n,
    statistic,
  } as const;
}
