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

test('what was drawn from a fixed window that has ended is not given back to the next one', () => {
  const buckets = createBuckets();
  const draw = request(1, {
    isFixed: true,
    capacities: { tokens: 100, tokens_per_day: 1_000 },
    cost: { requests: 1, tokens: 90 },
  });
  buckets.draw('a', draw, 50_000);
  buckets.draw('a', draw, 61_000);
  buckets.refund('a', { tokens: 80, tokens_per_day: 80 }, { at: 62_000, clockMs: 62_000, drawnMs: 50_000 });
  const { tokens, tokens_per_day: perDay } = buckets.look('a', draw, 62_000);
  expect([tokens?.used, perDay?.used]).toEqual([90, 100]);
  buckets.refund('a', { tokens: 80 }, { at: 63_000, clockMs: 63_000, drawnMs: 61_000 });
  expect(buckets.look('a', draw, 63_000).tokens?.used).toBe(10);
});

test('with refunds, too, a fixed window admits no more than its limit of what is kept', () => {
  const step = fc.record({ gap: fc.nat(9_000), tokens: fc.integer({ min: 1, max: 40 }), isRefund: fc.boolean() });
  fc.assert(
    fc.property(fc.integer({ min: 40, max: 120 }), fc.array(step, { maxLength: 200 }), (limit, steps) => {
      const buckets = createBuckets();
      const open: { tokens: number; drawnMs: number }[] = [];
      const kept = new Map<number, number>();
      const windowOfMs = (ms: number) => Math.floor(ms / MINUTE_MS);
      let at = 0;
      for (const { gap, tokens, isRefund } of steps) {
        at += gap;
        const draw = request(1, { isFixed: true, capacities: { tokens: limit }, cost: { requests: 1, tokens } });
        const [oldest] = open;
        if (isRefund && oldest !== undefined) {
          open.shift();
          buckets.refund('a', { tokens: oldest.tokens }, { at: 500 + at, clockMs: at, drawnMs: oldest.drawnMs });
          const window = windowOfMs(oldest.drawnMs);
          if (window === windowOfMs(at)) kept.set(window, (kept.get(window) ?? 0) - oldest.tokens);
        } else if (buckets.draw('a', draw, 500 + at, at).refusal === undefined) {
          open.push({ tokens, drawnMs: at });
          kept.set(windowOfMs(at), (kept.get(windowOfMs(at)) ?? 0) + tokens);
          expect(kept.get(windowOfMs(at))).toBeLessThanOrEqual(limit);
        }
      }
    }),
    { numRuns: propertyRuns(100) },
  );
});

test('windows are those of the clock, however its moments are rounded', () => {
  const moment = fc.double({ min: 0, max: 1e7, noNaN: true });
  fc.assert(
    fc.property(moment, fc.nat(5), fc.double({ min: 0, max: 1, noNaN: true }), (startedAt, nth, early) => {
      const buckets = createBuckets();
      const draw = request(1, { isFixed: true });
      // The last moment of a window or an earlier one, and its first, on a clock that counts from elsewhere.
      const first = startedAt + nth * MINUTE_MS + early;
      const clockOf = (at: number) => at - startedAt;
      expect(buckets.draw('a', draw, first, clockOf(first)).refusal).toBeUndefined();
      const window = Math.floor(clockOf(first) / MINUTE_MS);
      for (const later of [first, first + 1, startedAt + (window + 1) * MINUTE_MS - 0.01]) {
        if (Math.floor(clockOf(later) / MINUTE_MS) !== window) continue;
        expect(buckets.draw('a', draw, later, clockOf(later)).refusal).toBeDefined();
      }
    }),
    { numRuns: propertyRuns(200) },
  );
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
