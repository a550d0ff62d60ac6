import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectedStarts, scheduleOf } from '../../../src/core/load/schedule.ts';

const CONSTANT = { perSecond: 50, poisson: false, forMs: 2_000, rampMs: 0, seed: 1 };

test('constant arrivals are equally far apart', () => {
  const starts = scheduleOf(CONSTANT);
  expect(starts).toHaveLength(100);
  expect(starts.slice(0, 3)).toEqual([0, 20, 40]);
});

test('a ramp begins slowly and ends at the full rate', () => {
  const starts = scheduleOf({ ...CONSTANT, rampMs: 1_000 });
  expect(starts.filter((at) => at < 500).length).toBeLessThan(8);
  expect(starts.filter((at) => at >= 1_000).length).toBe(50);
  expect(starts).toHaveLength(75);
});

test('the same seed makes the same random arrivals, another one others', () => {
  const poisson = { ...CONSTANT, poisson: true };
  expect(scheduleOf(poisson)).toEqual(scheduleOf(poisson));
  expect(scheduleOf({ ...poisson, seed: 2 })).not.toEqual(scheduleOf(poisson));
});

test('random gaps are exponential: their deviation is their mean', () => {
  const starts = scheduleOf({ ...CONSTANT, poisson: true, forMs: 400_000 });
  const gaps = starts.slice(1).map((at, index) => at - (starts[index] ?? 0));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
  expect(mean).toBeCloseTo(20, 0);
  expect(deviation / mean).toBeCloseTo(1, 1);
});

test('every schedule is in order, within its time, and as long as expected', () => {
  fc.assert(
    fc.property(
      fc.record({
        perSecond: fc.double({ min: 0.5, max: 300, noNaN: true }),
        poisson: fc.boolean(),
        forMs: fc.integer({ min: 1, max: 10_000 }),
        rampMs: fc.integer({ min: 0, max: 10_000 }),
        seed: fc.nat(),
      }),
      (arrivals) => {
        const starts = scheduleOf(arrivals);
        expect(starts.every((at, index) => at >= (starts[index - 1] ?? 0) && at < arrivals.forMs)).toBe(true);
        const mean = expectedStarts(arrivals);
        expect(Math.abs(starts.length - mean)).toBeLessThanOrEqual(arrivals.poisson ? 6 * Math.sqrt(mean) + 10 : 1.001);
      },
    ),
  );
});
