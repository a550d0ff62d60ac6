import { plural } from '../../plural.ts';
import { backoffProbe } from '../backoff-probe.ts';
import { DISPERSION_CALLS, degenerateWindow, isDegenerate, MIN_MEDIAN_MS, relativeWindow } from '../dispersion.ts';
import { callObservation, seconds } from '../observation.ts';
import { defineRule, notApplicable } from '../rule.ts';
import { median } from '../statistics.ts';
import { columnsOf, mainGroup, unhintedRuns } from '../unhinted.ts';

const WEAK = 0.1;
const STATISTIC = 'widest 80 % window / median';

/** The window of the waits as a multiple of what still counts as none. */
function variation(waits: readonly number[]): number {
  return relativeWindow(waits) / degenerateWindow(waits);
}

export const hasJitter = defineRule({
  id: 'has_jitter',
  summary: 'varies its waits from call to call',
  source: 'OpenAI cookbook, AWS "Exponential Backoff And Jitter"; backoff.md C4, 6.1',
  severity: 'medium',
  confidence: 'statistical',
  measures: `shortest window with 80 % of the waits at each retry, over max(10 ms, 3 % of the median); fails where it is ≤ 1 at every retry, in ${DISPERSION_CALLS} calls`,
  falseAlarmBound: 2e-5,
  advice:
    'draw each wait at random, for instance between 0 and the bound (full jitter), so that clients that fail together do not come back together',
  probe: backoffProbe,
  check: ({ calls }) => {
    const runs = mainGroup(unhintedRuns(calls));
    const columns = columnsOf(runs);
    if (columns.length === 0) return notApplicable('no call was retried without a hint');
    const enough = columns.filter((column) => column.length >= DISPERSION_CALLS);
    const tested = enough.filter((column) => median(column) >= MIN_MEDIAN_MS);
    const n = Math.min(...(tested.length > 0 ? tested : columns).map(({ length }) => length));
    if (tested.length < 2) {
      const explain =
        enough.length >= 2
          ? `waits of ${seconds(median(enough[0] ?? []))} are too short to see jitter in`
          : `${plural(runs.length, 'call was', 'calls were')} retried without a hint, ${columns[1]?.length ?? 0} of them twice; ${DISPERSION_CALLS} that retry twice are needed`;
      return { verdict: 'inconclusive', explain, n };
    }
    const widest = Math.max(...tested.map(relativeWindow));
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
    if (widest < WEAK) {
      const statistic = { ...ruling.statistic, value: widest };
      return { ...ruling, statistic, threshold: WEAK, verdict: 'warn', explain: `${explain}: weak jitter` };
    }
    return { ...ruling, verdict: 'pass', explain };
  },
});
