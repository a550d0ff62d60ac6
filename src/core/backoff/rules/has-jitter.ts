import { largest } from '../../collections/largest.ts';
import { smallest } from '../../collections/smallest.ts';
import { plural } from '../../text/plural.ts';
import { ownQueueMs } from '../history/own-queue.ts';
import { backoffProbe } from '../kit/backoff-probe.ts';
import {
  DISPERSION_CALLS,
  degenerateWindow,
  isDegenerate,
  MIN_MEDIAN_MS,
  noiseExplains,
  relativeWindow,
} from '../kit/dispersion.ts';
import { endlessFailuresProbe } from '../kit/endless-failures-probe.ts';
import type { RuleResult } from '../kit/finding.ts';
import { leastWaitMs } from '../kit/least-wait-ms.ts';
import { callObservation, seconds } from '../kit/observation.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import type { RuleEvidence } from '../kit/rule-evidence.ts';
import { sources } from '../kit/sources.ts';
import { median } from '../kit/statistics.ts';
import { columnsOf, failureName, gapsOf, groupsByFailure, type UnhintedRun, unhintedRuns } from '../kit/unhinted.ts';

const WEAK = 0.1;
const STATISTIC = 'widest 80 % window / median';

/** The window of the waits as a multiple of what still counts as none. */
function variation(waits: readonly number[]): number {
  return relativeWindow(waits) / degenerateWindow(waits);
}

export const hasJitter = defineRule({
  id: 'has_jitter',
  summary: 'varies its waits from call to call',
  source: `${sources.cookbook}; ${sources.jitter}`,
  severity: 'medium',
  confidence: 'statistical',
  measures: `shortest window with 80 % of the waits at each retry, over max(10 ms, 3 % of the median); fails where it is ≤ 1 at every retry, in ${DISPERSION_CALLS} calls after the same kind of failure; inconclusive where the lateness of the machine explains the rest`,
  falseAlarmBound: 2e-5,
  advice:
    'draw each wait at random, for instance between 0 and the bound (full jitter), so that clients that fail together do not come back together',
  probe: backoffProbe,
  alsoProbe: endlessFailuresProbe,
  hears: 'every scene',
  looksAt: 'eventful calls',
  check: (subject) => {
    const [main = [], ...others] = groupsByFailure(unhintedRuns(subject.calls));
    const ruling = judgeGroup(main, subject);
    if (ruling.verdict === 'fail') return ruling;
    // Each kind of failure is tested. By 6.1 the worst good client (got) has a chance of 2e-6 in each.
    for (const group of others) {
      const other = judgeGroup(group, subject);
      if (other.verdict === 'fail') return { ...other, explain: `after ${failureName(group)} ${other.explain}` };
    }
    return ruling;
  },
});

/** The runs after one kind of failure. */
function judgeGroup(runs: readonly UnhintedRun[], subject: RuleEvidence): RuleResult {
  const columns = columnsOf(runs);
  if (columns.length === 0) return notApplicable('no call was retried without a hint');
  const enough = columns.filter((column) => column.length >= DISPERSION_CALLS);
  const tested = enough.filter((column) => median(column) >= MIN_MEDIAN_MS);
  const n = smallest((tested.length > 0 ? tested : columns).map(({ length }) => length));
  if (tested.length < 2) {
    const explain =
      enough.length >= 2
        ? `waits of ${seconds(median(enough[0] ?? []))} are too short to see jitter in`
        : `${plural(runs.length, 'call was', 'calls were')} retried without a hint, ${columns[1]?.length ?? 0} of them twice; ${DISPERSION_CALLS} that retry twice are needed`;
    return { verdict: 'inconclusive', explain, n };
  }
  const widest = largest(tested.map(relativeWindow));
  // The retry that decides: it comes closest to varying, or varies most, by the limit for waits of its length.
  const [decisive = []] = tested.toSorted((a, b) => variation(b) - variation(a));
  const medians = tested.map((column) => seconds(median(column))).join(', ');
  const ruling = {
    n,
    statistic: { name: STATISTIC, value: relativeWindow(decisive), unit: 'ratio' } as const,
    threshold: degenerateWindow(decisive),
    evidence: runs.slice(0, 3).map(({ call }) => callObservation(call)),
  };
  const explain = `80 % of the waits (medians ${medians}) lie within ${(widest * 100).toFixed(1)} % of the median`;
  if (tested.every(isDegenerate)) return { ...ruling, verdict: 'fail', explain };
  const imitation = imitationOf(runs, columns, subject);
  if (imitation !== undefined) return { ...ruling, verdict: 'inconclusive', explain: `${imitation}: ${explain}` };
  if (widest < WEAK) {
    const statistic = { ...ruling.statistic, value: widest };
    return { ...ruling, statistic, threshold: WEAK, verdict: 'warn', explain: `${explain}: weak jitter` };
  }
  return { ...ruling, verdict: 'pass', explain };
}

/** What may look like jitter although the client has none; undefined where nothing explains the variation of every wait. */
function imitationOf(runs: readonly UnhintedRun[], columns: readonly number[][], subject: RuleEvidence): string | undefined {
  const { stalls = [] } = subject;
  const queueMs = ownQueueMs(
    runs.map(({ call }) => call),
    subject,
  );
  if (queueMs !== undefined)
    return `calls waited up to ${seconds(queueMs)} in a queue of the client before their first request, which may look like jitter`;
  const isExplained = columns.every((column, k) => {
    if (column.length < DISPERSION_CALLS || median(column) < MIN_MEDIAN_MS) return true;
    return noiseExplains(gapsOf(runs, k).map((gap) => ({ seenMs: gap.gapMs, leastMs: leastWaitMs(gap, stalls) })));
  });
  return isExplained ? 'this machine was late itself, by as much as the waits vary' : undefined;
}
