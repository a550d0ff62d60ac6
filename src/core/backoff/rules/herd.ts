import { failureKnownAt } from '../../journal/calls.ts';
import { plural } from '../../text/plural.ts';
import { callObservation, seconds } from '../kit/observation.ts';
import { probeOf } from '../kit/probe.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import { sources } from '../kit/sources.ts';
import { median, mostWithin, quantile } from '../kit/statistics.ts';

const CALLS = 30;
const TOGETHER_MS = 100;
const LEAST_DISPERSION = 0.05;
const CROWDED = 0.6;
const LEAST_MEDIAN_MS = 200;

export const herd = defineRule({
  id: 'herd',
  summary: 'calls that fail together do not come back together',
  source: sources.jitter,
  severity: 'medium',
  confidence: 'statistical',
  measures: `${CALLS} calls that fail within ${TOGETHER_MS} ms: warns when (p95 − p5) / median of their first and of their second waits is below ${LEAST_DISPERSION} and 60 % arrive within 10 ms`,
  falseAlarmBound: 1e-4,
  advice: 'add jitter, also to waits that the server asks for (only upwards)',
  probe: {
    ...probeOf('herd', 20_000, { rules: [{ attempts: '1..2', fault: 'overloaded' }], calls: 40, staggerMs: 0 }),
    delayMs: 5_000,
    oneProcess: true,
  },
  looksAt: 'eventful calls',
  check: ({ calls }) => {
    const first = calls.flatMap((call) => {
      const [gap] = call.gaps;
      const at = gap === undefined ? null : failureKnownAt(gap.before.entry);
      return gap === undefined || at === null ? [] : [{ call, gap, at }];
    });
    const crowd = crowdOf(first.sort((a, b) => a.at - b.at));
    if (crowd.length < CALLS)
      return notApplicable(`${CALLS} calls that fail within ${TOGETHER_MS} ms are needed, ${crowd.length} did`);
    const waits = crowd.map(({ gap }) => gap.gapMs);
    const most = mostWithin(
      crowd.map(({ gap }) => gap.after.entry.t_headers),
      10,
    );
    const ruling = {
      n: crowd.length,
      statistic: { name: '(p95 − p5) / median', value: dispersionOf(waits), unit: 'ratio' } as const,
      threshold: LEAST_DISPERSION,
      explain: `of ${plural(crowd.length, 'call')} that failed together, ${Math.round((most / crowd.length) * 100)} % came back within the same 10 ms, after ${seconds(median(waits))}`,
      evidence: crowd.slice(0, 3).map(({ call }) => callObservation(call)),
    };
    const together = dispersionOf(waits) < LEAST_DISPERSION && most > CROWDED * crowd.length;
    if (!together) return { ...ruling, verdict: 'pass' };
    // The server asked them all for the same moment: half of the fault is its own.
    if (crowd.some(({ gap }) => gap.before.asked !== undefined)) return { ...ruling, verdict: 'info' };
    // OpenAI's own advice waits exactly one second at first: a second wave decides (backoff.md, finding 5).
    const second = crowd.flatMap(({ call }) => call.gaps.slice(1, 2).map(({ gapMs }) => gapMs));
    if (second.length < CALLS) return { ...ruling, verdict: 'info' };
    if (dispersionOf(second) >= LEAST_DISPERSION) return { ...ruling, verdict: 'pass' };
    return { ...ruling, verdict: median(waits) < LEAST_MEDIAN_MS ? 'inconclusive' : 'warn' };
  },
});

/** The most that failed together, of those in the order of their failures. */
function crowdOf<Failed extends { readonly at: number }>(sorted: readonly Failed[]): readonly Failed[] {
  let [start, end, from] = [0, 0, 0];
  for (const [last, { at }] of sorted.entries()) {
    while (at - (sorted[from]?.at ?? at) > TOGETHER_MS) from += 1;
    if (last + 1 - from > end - start) [start, end] = [from, last + 1];
  }
  return sorted.slice(start, end);
}

function dispersionOf(waits: readonly number[]): number {
  return (quantile(waits, 0.95) - quantile(waits, 0.05)) / median(waits);
}
