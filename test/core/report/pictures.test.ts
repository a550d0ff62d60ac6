import fc from 'fast-check';
import { expect, test } from 'vitest';
import { earlyRetries } from '../../../src/core/load/retries.ts';
import type { TimeCourse } from '../../../src/core/plan/time-courses.ts';
import { arrivalsOf } from '../../../src/core/report/arrivals.ts';
import { gapPointsOf } from '../../../src/core/report/gap-points.ts';
import { loadOf } from '../../../src/core/report/load.ts';
import { swimlaneOf } from '../../../src/core/report/swimlane.ts';
import { binOf, timeBins } from '../../../src/core/units/time-bins.ts';
import { renderHtml } from '../../../src/report/html/page.ts';
import { T0 } from '../../support/exchanges.ts';
import { hotRun, naiveRun, outageRun, RUNS } from '../../support/runs.ts';

const runs = Object.entries(RUNS);

test('a lane shows attempts, the wait that was asked for, and what came early', () => {
  const { lanes, attempts, waits, early, earlyRetries } = swimlaneOf(naiveRun());
  expect(lanes).toEqual(['naive', 'patient', 'reset', 'left']);
  expect(attempts.filter(({ lane }) => lane === 'reset').map(({ kind }) => kind)).toEqual(['transport', 'server', 'client']);
  expect(waits[0]).toEqual({ lane: 'naive', from: 0.01, to: 30.01 });
  expect(early[0]?.from).toBe(2.014);
  expect(early[0]?.to).toBeCloseTo(30.01);
  expect(earlyRetries).toBe(2);
});

test('what may be a call of its own is no early retry in any picture or figure', () => {
  const run = naiveRun();
  const histories = run.histories.map((history) => ({ ...history, certainty: 'ambiguous' as const }));
  expect(swimlaneOf({ ...run, histories })).toMatchObject({ early: [], earlyRetries: 0 });
  expect(gapPointsOf({ ...run, histories }).points.map(({ kind }) => kind)).not.toContain('early');
  expect(earlyRetries(histories)).toEqual({ count: 0, worstMs: 0 });
  expect(earlyRetries(run.histories).count).toBe(2);
});

test('of many calls and attempts the most telling are shown, and the rest is counted', () => {
  const hot = swimlaneOf(hotRun());
  expect(hot.lanes).toHaveLength(40);
  expect(hot.lanes).toContain('hot');
  expect(hot.callsLeftOut).toBe(461);
  const ofHot = hot.attempts.filter(({ lane }) => lane === 'hot');
  expect(hot.attemptsLeftOut).toBe(5_000 - ofHot.length);
  expect([ofHot[0]?.position, ofHot.at(-1)?.position]).toEqual([1, 5_000]);
});

test.each(runs)('%s: lanes have names of their own', (_name, run) => {
  const { lanes } = swimlaneOf(run());
  expect(new Set(lanes).size).toBe(lanes.length);
});

test.each(runs)('%s: every arrival is in one bin, or counted as left out', (_name, run) => {
  const input = run();
  const { bins, leftOut } = arrivalsOf(input);
  expect(bins.reduce((sum, { first, retries }) => sum + first + retries, leftOut)).toBe(input.verdict.attempts);
  expect(bins.length).toBeLessThanOrEqual(401);
});

test('arrivals are those around the outage, in bins of 100 ms', () => {
  const { bins, binMs, outages } = arrivalsOf(outageRun());
  expect(binMs).toBe(100);
  expect(outages).toEqual([{ from: 5, to: 15 }]);
  expect([bins[0]?.from, bins.at(-1)?.to]).toEqual([0, 20.1]);
});

test('behind the arrivals is when rules strike by the plan, the likelier the darker', async () => {
  const run = outageRun();
  const piece = (from: number, to: number, begins: number, ends = begins) => ({ from: T0 + from, to: T0 + to, begins, ends });
  const common = { kind: 'rule', unit: 'chance', nextAt: undefined, isCut: false, isConstant: false } as const;
  const courses: TimeCourse[] = [
    { ...common, name: 'the <b>outage', pieces: [piece(5_000, 15_000, 1)] },
    { ...common, name: 'a ramp', pieces: [piece(0, 12_000, 0, 0.6), piece(15_000, 90_000, 0.5)] },
    { ...common, name: 'always', isConstant: true, pieces: [piece(0, 90_000, 0.1)] },
    { ...common, kind: 'limit', unit: 'count', name: 'gpt-4o rpm', pieces: [piece(0, 90_000, 500)] },
  ];
  const { plan } = arrivalsOf({ ...run, courses });
  expect(plan[0]).toEqual({ rule: 'the <b>outage', from: 5, to: 15, chance: 1 });
  const ramp = plan.filter(({ rule }) => rule === 'a ramp');
  expect(ramp).toHaveLength(13);
  expect(ramp.slice(0, 12).map(({ chance }) => Math.round(chance * 1_000))).toEqual(
    Array.from({ length: 12 }, (_, step) => 25 + 50 * step),
  );
  expect(new Set(plan.map(({ rule }) => rule))).toEqual(new Set(['the <b>outage', 'a ramp']));
  const page = await renderHtml({ ...run, courses });
  expect(page).toContain('By the plan: the &lt;b&gt;outage from 5.0 s, a ramp from 0.0 s.');
  expect(page).toContain('rules by the plan');
  expect(page).toMatch(/<text[^>]*>the &lt;b&gt;outage<\/text>/);
  expect(await renderHtml(run)).not.toContain('rules by the plan');
});

test('gaps grow from retry to retry, and points are bounded', () => {
  const { summaries } = gapPointsOf(outageRun());
  const medians = summaries.map(({ median }) => median);
  expect(medians).toEqual([...medians].sort((a, b) => a - b));
  const hot = gapPointsOf(hotRun());
  expect(hot.points).toHaveLength(1_500);
  const drawn = hot.summaries.reduce((sum, { n }) => sum + n, 0);
  expect(drawn + hot.retriesLeftOut).toBe(10_000 - 501);
});

test('the area under the load is what came and what succeeded', () => {
  const input = outageRun();
  const { bins, binMs, recoveredAt } = loadOf(input);
  const sum = (series: 'offered' | 'goodput') => bins.reduce((total, bin) => total + (bin[series] * binMs) / 1_000, 0);
  expect(sum('offered')).toBeCloseTo(input.verdict.attempts);
  expect(sum('goodput')).toBeCloseTo(60);
  expect(recoveredAt).toBeGreaterThan(15);
});

test('bins cover the span, are no more than asked for, and none is narrower than asked for', () => {
  const span = fc.double({ min: 0, max: 1e12, noNaN: true });
  fc.assert(
    fc.property(span, span, fc.integer({ min: 10, max: 500 }), (from, length, most) => {
      const bins = timeBins(from, from + length, 100, most);
      expect(bins.width).toBeGreaterThanOrEqual(100);
      expect(bins.count).toBeLessThanOrEqual(most + 1);
      expect(binOf(bins, from)).toBe(0);
      expect(binOf(bins, from + length)).toBe(bins.count - 1);
      expect(binOf(bins, from - 1)).toBeUndefined();
    }),
  );
});
