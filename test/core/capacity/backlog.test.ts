import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Backlog, received } from '../../../src/core/capacity/backlog.ts';
import type { CapacitySpec } from '../../../src/core/capacity/capacity-spec.ts';
import { fork } from '../../../src/core/random.ts';

const SPEC: CapacitySpec = { perSecond: 50, burst: 1, queue: 10, serviceMs: 0, status: 503, refusalCost: 0 };

/** The waits of requests that come at these times; undefined for those that are refused. */
function waits(spec: CapacitySpec, times: readonly number[]): (number | undefined)[] {
  let backlog: Backlog | undefined;
  return times.map((at) => {
    const reception = received(spec, backlog, at);
    backlog = reception.backlog;
    return reception.waitMs;
  });
}

test('takes a burst at once, lets the next ones wait in turn, refuses what finds the queue full', () => {
  expect(waits({ ...SPEC, burst: 2, queue: 2 }, [0, 0, 0, 0, 0, 20, 20])).toEqual([0, 0, 20, 40, undefined, 40, undefined]);
});

test('a refusal costs its share of a place, as far as there is one', () => {
  const spec = { ...SPEC, queue: 0, refusalCost: 0.5 };
  expect(waits(spec, [0, 12, 20])).toEqual([0, undefined, undefined]);
  expect(waits({ ...spec, refusalCost: 0 }, [0, 12, 20])).toEqual([0, undefined, 0]);
  // However many were refused, an idle service is itself again after the time of a full queue.
  expect(waits({ ...spec, refusalCost: 9 }, [0, 1, 2, 3, 23])).toEqual([0, undefined, undefined, undefined, 0]);
});

const specs = fc.record({
  perSecond: fc.double({ min: 0.5, max: 1_000, noNaN: true }),
  burst: fc.integer({ min: 1, max: 20 }),
  queue: fc.integer({ min: 0, max: 50 }),
  serviceMs: fc.constant(0),
  status: fc.constantFrom(503 as const, 429 as const),
  refusalCost: fc.double({ min: 0, max: 3, noNaN: true }),
});
const arrivals = fc
  .array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 100, noNaN: true })), { maxLength: 200 })
  .map((gaps) => {
    let at = 0;
    return gaps.map((gap) => (at += gap));
  });

test('never serves more than its burst and what it earns, in any span of time', () => {
  fc.assert(
    fc.property(specs, arrivals, (spec, times) => {
      const turns = waits(spec, times).flatMap((wait, at) => (wait === undefined ? [] : [(times[at] ?? 0) + wait]));
      for (const [first, from] of turns.entries()) {
        for (const [last, to] of turns.entries()) {
          if (last < first) continue;
          expect(last - first + 1).toBeLessThanOrEqual(spec.burst + ((to - from) * spec.perSecond) / 1_000 + 1e-6);
        }
      }
    }),
  );
});

test('serves in the order of arrival, and nobody waits longer than a full queue', () => {
  fc.assert(
    fc.property(specs, arrivals, (spec, times) => {
      let last = 0;
      for (const [at, wait] of waits(spec, times).entries()) {
        if (wait === undefined) continue;
        const turn = (times[at] ?? 0) + wait;
        expect(turn).toBeGreaterThanOrEqual(last - 1e-6);
        expect(wait).toBeLessThanOrEqual((spec.queue * 1_000) / spec.perSecond + 1e-6);
        last = turn;
      }
    }),
  );
});

test('waits as the queue M/D/1 does', () => {
  const spec = { ...SPEC, queue: 1_000_000 };
  const random = fork(7, 'arrivals');
  const load = 0.8;
  let at = 0;
  const times = Array.from({ length: 200_000 }, () => {
    at += (-Math.log(1 - random()) * 1_000) / (spec.perSecond * load);
    return at;
  });
  const mean = waits(spec, times).reduce<number>((sum, wait) => sum + (wait ?? 0), 0) / times.length;
  // Pollaczek–Khinchine for a constant time of service: ρ / (2μ(1 − ρ)) = 40 ms.
  const expected = (load / (2 * spec.perSecond * (1 - load))) * 1_000;
  expect(mean / expected).toBeGreaterThan(0.95);
  expect(mean / expected).toBeLessThan(1.05);
});
