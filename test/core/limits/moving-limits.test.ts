import fc from 'fast-check';
import { expect, test } from 'vitest';
import { advertisedWaitMs } from '../../../src/core/limits/bucket.ts';
import { createBuckets, type Draw } from '../../../src/core/limits/buckets.ts';
import { type Capacity, capacityAt, meanCapacity } from '../../../src/core/limits/capacity-course.ts';
import { DAY_MS, MINUTE_MS, windowOf } from '../../../src/core/openai/request/rate-limit-account.ts';
import { propertyRuns } from '../../support/property-runs.ts';

const request = (requests: Capacity, more: Partial<Draw> = {}): Draw => ({
  capacities: { requests },
  cost: { requests: 1, tokens: 1 },
  refusedDraws: false,
  ...more,
});

const falling: Capacity = [
  { atMs: 0, course: 600 },
  { atMs: 30_000, course: { from: 600, to: 60, overMs: 10_000 } },
];

test('a limit goes its courses in order', () => {
  expect([0, 29_999, 30_000, 35_000, 40_000, 99_000].map((ms) => capacityAt(falling, ms))).toEqual([600, 600, 600, 330, 60, 60]);
  expect(meanCapacity(falling, 20_000, 30_000)).toBe(600);
  expect(meanCapacity(falling, 30_000, 40_000)).toBe(330);
  expect(meanCapacity(falling, 20_000, 50_000)).toBe(330);
  expect(capacityAt([{ atMs: 0, course: Number.POSITIVE_INFINITY }], 5)).toBe(Number.POSITIVE_INFINITY);
});

test('a fixed window never admits more than its limit, whenever requests come, and whatever they cost', () => {
  const arrivals = fc.array(fc.record({ gap: fc.nat(9_000), tokens: fc.integer({ min: 1, max: 40 }) }), { maxLength: 200 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 40, max: 200 }), arrivals, (requests, tokens, steps) => {
      const buckets = createBuckets();
      const admitted = new Map<number, { requests: number; tokens: number }>();
      let at = 0;
      for (const step of steps) {
        at += step.gap;
        const draw = { capacities: { requests, tokens }, cost: { requests: 1, tokens: step.tokens }, refusedDraws: false };
        if (buckets.draw('a', { ...draw, isFixed: true }, 1_000 + at, at).refusal !== undefined) continue;
        const window = Math.floor(at / MINUTE_MS);
        const before = admitted.get(window) ?? { requests: 0, tokens: 0 };
        admitted.set(window, { requests: before.requests + 1, tokens: before.tokens + step.tokens });
      }
      for (const used of admitted.values()) {
        expect(used.requests).toBeLessThanOrEqual(requests);
        expect(used.tokens).toBeLessThanOrEqual(tokens);
      }
    }),
    { numRuns: propertyRuns(100) },
  );
});

test('who waits for the end of a fixed window, as told, is admitted', () => {
  const buckets = createBuckets();
  const draw = request(1, { isFixed: true, capacities: { requests: 1, requests_per_day: 2 } });
  let at = 12_345.6;
  const told: number[] = [];
  for (let n = 0; n < 3; n++) {
    expect(buckets.draw('a', draw, at).refusal).toBeUndefined();
    const { refusal, buckets: left } = buckets.draw('a', draw, at);
    const kind = refusal?.reason === 'short' ? refusal.kind : 'tokens';
    const waitMs = advertisedWaitMs(left[kind] ?? { limit: 0, used: 0, windowMs: 1 }, 1);
    told.push(windowOf(kind));
    at += waitMs;
  }
  expect(told).toEqual([MINUTE_MS, DAY_MS, MINUTE_MS]);
});

const course = fc.oneof(
  fc.integer({ min: 1, max: 1_000 }),
  fc.record({
    from: fc.integer({ min: 1, max: 1_000 }),
    to: fc.integer({ min: 1, max: 1_000 }),
    overMs: fc.integer({ min: 1, max: 60_000 }),
  }),
);

test('a change of limits gives back nothing and takes nothing of what was used', () => {
  fc.assert(
    fc.property(
      course,
      course,
      // Within the first window: a fixed one gives back what was used when it ends.
      fc.integer({ min: 1, max: 59_000 }),
      fc.array(fc.nat(2_000), { maxLength: 60 }),
      fc.boolean(),
      fc.boolean(),
      (first, second, atMs, gaps, isFixed, refusedDraws) => {
        const changing: Capacity = [
          { atMs: 0, course: first },
          { atMs, course: second },
        ];
        const draw = request(changing, { refusedDraws, ...(isFixed ? { isFixed: true as const } : {}) });
        const buckets = createBuckets();
        let at = 0;
        for (const gap of gaps) {
          if (at + gap >= atMs) break;
          at += gap;
          buckets.draw('a', draw, at);
        }
        // A moment on either side, but for what flows back in it, at most 1,000 a minute.
        const used = (ms: number) => buckets.look('a', draw, ms).requests?.used ?? 0;
        expect(Math.abs(used(atMs) - used(atMs - 0.001))).toBeLessThan(1e-4);
      },
    ),
    { numRuns: propertyRuns(200) },
  );
});

test('a bucket whose limit falls below what was used refuses until enough has flowed back at the new rate', () => {
  const buckets = createBuckets();
  const draw = request([
    { atMs: 0, course: 500 },
    { atMs: 30_000, course: 100 },
  ]);
  for (let n = 0; n < 500; n++) expect(buckets.draw('a', draw, 29_000).refusal).toBeUndefined();
  // In a second 500/60 flow back; then 391.67 must go below 99 at 100 a minute.
  expect(buckets.look('a', draw, 30_000).requests?.used).toBeCloseTo(500 - 500 / 60, 3);
  const { refusal, buckets: left } = buckets.draw('a', draw, 30_000);
  expect(refusal).toEqual({ reason: 'short', kind: 'requests' });
  const bucket = left.requests ?? { limit: 0, used: 0, windowMs: 1 };
  const waitMs = advertisedWaitMs(bucket, 1);
  expect(waitMs).toBe(Math.floor(((Math.ceil(500 - 500 / 60) + 1 - 100) * 60_000) / 100));
  expect(buckets.draw('a', draw, 30_000 + waitMs).refusal).toBeUndefined();
});

test('a refused request that draws takes nothing back from what lies above a limit that has fallen', () => {
  const buckets = createBuckets();
  const draw = request(
    [
      { atMs: 0, course: 500 },
      { atMs: 10, course: 100 },
    ],
    { refusedDraws: true },
  );
  for (let n = 0; n < 400; n++) buckets.draw('a', draw, 0);
  buckets.draw('a', draw, 10);
  expect(buckets.look('a', draw, 10).requests?.used).toBeGreaterThan(399);
});

test('over a long time a ramp admits no more than its integral and what a full bucket holds', () => {
  const buckets = createBuckets();
  const draw = request([{ atMs: 0, course: { from: 600, to: 60, overMs: 600_000 } }]);
  let served = 0;
  for (let at = 0; at < 600_000; at += 50) if (buckets.draw('a', draw, at).refusal === undefined) served += 1;
  const flowedBack = 330 * 10;
  expect(served).toBeGreaterThan(flowedBack);
  expect(served).toBeLessThanOrEqual(600 + flowedBack + 5);
});
