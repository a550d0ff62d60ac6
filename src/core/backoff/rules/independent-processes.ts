import { groupBy } from '../../collections/group-by.ts';
import { largest } from '../../collections/largest.ts';
import { smallest } from '../../collections/smallest.ts';
import { plural } from '../../text/plural.ts';
import { backoffProbe } from '../kit/backoff-probe.ts';
import { DISPERSION_CALLS, isDegenerate } from '../kit/dispersion.ts';
import { callObservation } from '../kit/observation.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import { sources } from '../kit/sources.ts';
import { columnsOf, mainGroup, unhintedRuns } from '../kit/unhinted.ts';

const PROCESSES = 4;
const GAPS = 3;
const SAME_MS = 5;

export const independentProcesses = defineRule({
  id: 'independent_processes',
  summary: 'different processes draw different waits',
  source: sources.jitter,
  severity: 'medium',
  confidence: 'statistical',
  measures: `the first ${GAPS} waits of the first call of each process; fails when all of at least ${PROCESSES} processes agree within ${SAME_MS} ms`,
  falseAlarmBound: 8e-9,
  advice: 'seed the random source of the backoff per process, and draw it rather than derive it from the attempt number',
  probe: backoffProbe,
  looksAt: 'eventful calls',
  check: ({ calls, outcomeOf }) => {
    const runs = mainGroup(unhintedRuns(calls)).filter(({ gaps }) => gaps.length >= GAPS);
    const byProcess = groupBy(
      runs.filter(({ call }) => outcomeOf(call)?.process !== undefined),
      ({ call }) => outcomeOf(call)?.process,
    );
    if (byProcess.size < 2)
      return notApplicable(
        `calls with ${GAPS} waits without a hint are needed, from several processes that a driver tells apart`,
      );
    const firsts = [...byProcess.values()].flatMap((own) => own.slice(0, 1));
    const ruling = { n: firsts.length, evidence: firsts.slice(0, 4).map(({ call }) => callObservation(call)) };
    if (byProcess.size < PROCESSES)
      return { ...ruling, verdict: 'inconclusive', explain: `${plural(byProcess.size, 'process')}; ${PROCESSES} are needed` };
    const within = columnsOf(runs).slice(0, GAPS);
    // A client without jitter has equal waits everywhere: has_jitter speaks of that.
    const areMany = runs.length > firsts.length || runs.length >= DISPERSION_CALLS;
    if (areMany && within.every(isDegenerate)) return notApplicable('the waits do not vary at all');
    const spread = Math.max(
      ...Array.from({ length: GAPS }, (_, k) => {
        const waits = firsts.map(({ gaps }) => gaps[k]?.gapMs ?? 0);
        return largest(waits) - smallest(waits);
      }),
    );
    const statistic = { name: 'largest difference', value: spread, unit: 'ms' } as const;
    const explain = `the first waits of ${firsts.length} processes differ by up to ${spread.toFixed(1)} ms`;
    return { ...ruling, statistic, threshold: SAME_MS, explain, verdict: spread <= SAME_MS ? 'fail' : 'pass' };
  },
});
