import fc from 'fast-check';
import { expect, test } from 'vitest';
import { advertisedWaitMs } from '../../../src/core/limits/bucket.ts';
import { type Buckets, createBuckets, type Draw, type LimitResult } from '../../../src/core/limits/buckets.ts';
import { rateLimitHeaders } from '../../../src/core/openai/dialects/openai/rate-limit-headers.ts';
import {
  type Bucket,
  DAY_MS,
  type LimitKind,
  limitKinds,
  MINUTE_MS,
  windowOf,
} from '../../../src/core/openai/request/rate-limit-account.ts';
import { formatGoDuration } from '../../../src/core/units/duration.ts';
import { requestVectors, tokenVectors } from '../../support/reset-vectors.ts';

const shown = (requests: Bucket, tokens: Bucket) => rateLimitHeaders({ requests, tokens, projectTokens: false });

const NOW = { at: 0, clockMs: 0, drawnMs: 0 };
const NOTHING: Draw['cost'] = { requests: 0, tokens: 0 };
const ONE: Draw['cost'] = { requests: 1, tokens: 1 };
const IDLE: Bucket = { limit: 1, used: 0, windowMs: MINUTE_MS };

function draw(capacities: Draw['capacities'], cost: Partial<Draw['cost']> = {}, refusedDraws = false): Draw {
  return { capacities, cost: { ...ONE, ...cost }, refusedDraws };
}

/** The wait that a refused request is told. Milliseconds. */
function toldWait({ refusal, buckets }: LimitResult, cost: Draw['cost']): number {
  const bucket = refusal?.reason === 'short' ? buckets[refusal.kind] : undefined;
  if (refusal?.reason !== 'short' || bucket === undefined) throw new Error('no wait was told');
  return advertisedWaitMs(bucket, refusal.kind.startsWith('requests') ? cost.requests : cost.tokens);
}

function admitted(buckets: Buckets, account: string, wanted: Draw, at = 0): boolean {
  return buckets.draw(account, wanted, at).refusal === undefined;
}

const limit = fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 200_000_000 }));
const time = fc.double({ min: 0, max: 100_000, noNaN: true });

const limited = fc
  .record({ requests: limit, tokens: limit, requests_per_day: limit, tokens_per_day: limit }, { requiredKeys: [] })
  .filter((capacities) => Object.keys(capacities).length > 0);

const scene = fc.record({
  capacities: limited,
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  refusedDraws: fc.boolean(),
  gaps: fc.array(fc.oneof(fc.constant(0), time), { maxLength: 60 }),
});

/** A request that no limit is too small for. */
function fitting(capacities: { readonly tokens?: number; readonly tokens_per_day?: number }, share: number): Draw['cost'] {
  const most = Math.min(capacities.tokens ?? 1e9, capacities.tokens_per_day ?? 1e9);
  return { requests: 1, tokens: Math.max(1, Math.round(most * share)) };
}

test('remaining and reset obey the formula for any limits, costs and times', () => {
  fc.assert(
    fc.property(limit, fc.constantFrom(...limitKinds), fc.array(fc.tuple(limit, time)), (size, kind, steps) => {
      const buckets = createBuckets();
      let at = 0;
      let used = 0;
      for (const [amount, gap] of steps) {
        at += gap;
        used = Math.max(0, used - (gap * size) / windowOf(kind));
        const cost = { requests: amount, tokens: amount };
        const { refusal, buckets: after } = buckets.draw('a', draw({ [kind]: size }, cost), at);
        if (refusal === undefined) used = Math.min(size, used + amount);
        expect(after[kind]?.used).toBeCloseTo(used, 3);
        const headers = new Map(shown(after[kind] ?? IDLE, IDLE));
        const remaining = Number(headers.get('x-ratelimit-remaining-requests'));
        expect(remaining).toBe(Math.floor(size - (after[kind]?.used ?? 0)));
        expect(remaining).toBeGreaterThanOrEqual(0);
        expect(headers.get('x-ratelimit-reset-requests')).toBe(
          formatGoDuration(((after[kind]?.used ?? 0) * windowOf(kind)) / size),
        );
      }
    }),
  );
});

test('no bucket is ever overdrawn or more than full', () => {
  fc.assert(
    fc.property(scene, ({ capacities, share, refusedDraws, gaps }) => {
      const buckets = createBuckets();
      let at = 0;
      for (const gap of gaps) {
        at += gap;
        const taken = buckets.draw('a', draw(capacities, fitting(capacities, share), refusedDraws), at);
        for (const { used, limit: size } of Object.values(taken.buckets)) {
          expect(used).toBeGreaterThanOrEqual(0);
          expect(used).toBeLessThanOrEqual(size);
        }
      }
    }),
  );
});

test('a client that waits exactly what it was told is admitted next', () => {
  fc.assert(
    fc.property(scene, ({ capacities, share, refusedDraws, gaps }) => {
      const buckets = createBuckets();
      const wanted = draw(capacities, fitting(capacities, share), refusedDraws);
      let at = 0;
      for (const gap of gaps) {
        at += gap;
        const taken = buckets.draw('a', wanted, at);
        if (taken.refusal === undefined) continue;
        at += toldWait(taken, wanted.cost);
        expect(admitted(buckets, 'a', wanted, at)).toBe(true);
      }
    }),
  );
});

test('a client that only ever waits what it is told is never refused twice in a row', () => {
  const buckets = createBuckets();
  const wanted = draw({ requests: 7, tokens: 1_111, requests_per_day: 20_011 }, { tokens: 333 });
  let at = 0;
  let wasRefused = false;
  for (let i = 0; i < 1_000; i++) {
    const taken = buckets.draw('a', wanted, at);
    expect(taken.refusal !== undefined && wasRefused).toBe(false);
    wasRefused = taken.refusal !== undefined;
    if (wasRefused) at += toldWait(taken, wanted.cost);
  }
});

test('a burst of N admits exactly the capacity', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 30_000 }),
      fc.integer({ min: 1, max: 1_000 }),
      time,
      (requests, tokens, cost, at) => {
        const buckets = createBuckets();
        const wanted = draw({ requests, tokens }, { tokens: cost });
        const served = Array.from({ length: 400 }, () => admitted(buckets, 'a', wanted, at)).filter(Boolean).length;
        expect(served).toBe(Math.min(400, requests, Math.floor(tokens / cost)));
      },
    ),
  );
});

test('over a long time no client gets more than the bucket and its refill, whatever its rhythm', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 2, max: 500 }), (requests, gap) => {
      const buckets = createBuckets();
      let served = 0;
      const until = 10 * MINUTE_MS;
      for (let at = 0; at <= until; at += gap) if (admitted(buckets, 'a', draw({ requests }), at)) served += 1;
      // Each request may be served up to a millisecond early: that is what a told wait leaves out.
      const early = (served * requests) / MINUTE_MS;
      expect(served).toBeLessThanOrEqual(requests + (requests * until) / MINUTE_MS + early + 1);
    }),
    { numRuns: 30 },
  );
});

test('accounts do not share', () => {
  const buckets = createBuckets();
  const wanted = draw({ requests: 1 });
  expect(['a', 'b', 'a', 'b'].map((account) => admitted(buckets, account, wanted))).toEqual([true, true, false, false]);
});

test('a request that one bucket refuses draws from none', () => {
  const buckets = createBuckets();
  const capacities = { requests: 1, tokens: 100, requests_per_day: 10, tokens_per_day: 1_000 };
  const { buckets: first } = buckets.draw('a', draw(capacities, { tokens: 10 }), 0);
  const { buckets: second, refusal } = buckets.draw('a', draw(capacities, { tokens: 10 }), 0);
  expect(refusal).toEqual({ reason: 'short', kind: 'requests' });
  expect(second).toEqual(first);
});

test('of several empty buckets the one with the longest wait refuses', () => {
  const buckets = createBuckets();
  const wanted = draw({ requests: 1, requests_per_day: 1 });
  buckets.draw('a', wanted, 0);
  const taken = buckets.draw('a', wanted, 0);
  expect(taken.refusal).toEqual({ reason: 'short', kind: 'requests_per_day' });
  expect(toldWait(taken, wanted.cost)).toBe(DAY_MS);
});

test.each(['tokens', 'tokens_per_day'] as const)(
  'a request that is larger than all %s is too large and draws nothing',
  (kind) => {
    const buckets = createBuckets();
    const { refusal, buckets: after } = buckets.draw('a', draw({ requests: 5, [kind]: 10 }, { tokens: 11 }), 0);
    expect(refusal).toEqual({ reason: 'too_large', kind });
    expect(after.requests?.used).toBe(0);
    expect(admitted(buckets, 'a', draw({ requests: 5, [kind]: 10 }, { tokens: 10 }), 0)).toBe(true);
  },
);

test('where refused requests draw, coming back early starts the wait anew', () => {
  const wanted = draw({ requests: 100, tokens: 100 }, { tokens: 60 }, true);
  const patient = createBuckets();
  patient.draw('a', wanted, 0);
  const told = patient.draw('a', wanted, 0);
  expect(told.buckets.tokens?.used).toBe(100);
  expect(toldWait(told, wanted.cost)).toBe(36_000);
  expect(admitted(patient, 'a', wanted, 36_000)).toBe(true);

  const hasty = createBuckets();
  hasty.draw('a', wanted, 0);
  for (let at = 0; at < 10 * MINUTE_MS; at += 35_000) {
    if (at > 0) expect(admitted(hasty, 'a', wanted, at)).toBe(false);
    else hasty.draw('a', wanted, at);
  }
});

test('a hot loop never recovers where refused requests draw, and does where they do not', () => {
  const servedOf = (refusedDraws: boolean) => {
    const buckets = createBuckets();
    const wanted = draw({ requests: 60 }, {}, refusedDraws);
    let served = 0;
    for (let at = 0; at < 10 * MINUTE_MS; at += 100) if (admitted(buckets, 'a', wanted, at)) served += 1;
    return served;
  };
  expect(servedOf(true)).toBeLessThan(70);
  expect(servedOf(false)).toBeGreaterThan(600);
});

test('refused requests draw from the buckets per minute only, and a too large one draws itself but no tokens', () => {
  const capacities = { requests: 5, tokens: 100, requests_per_day: 1, tokens_per_day: 1_000 };
  const buckets = createBuckets();
  buckets.draw('a', draw(capacities, { tokens: 10 }, true), 0);
  const { drawn } = buckets.draw('a', draw(capacities, { tokens: 10 }, true), 0);
  expect(drawn).toEqual({ requests: 1, tokens: 10, requests_per_day: 0, tokens_per_day: 0 });
  expect(buckets.draw('a', draw(capacities, { tokens: 101 }, true), 0).drawn).toMatchObject({ requests: 1, tokens: 0 });
});

test('what was drawn can be given back, and not more', () => {
  const buckets = createBuckets();
  const wanted = draw({ requests: 1, tokens: 10 }, { tokens: 10 });
  const { drawn } = buckets.draw('a', wanted, 0);
  buckets.refund('a', drawn, NOW);
  expect(admitted(buckets, 'a', wanted)).toBe(true);
  buckets.refund('a', { tokens: 100 }, NOW);
  expect(buckets.draw('a', draw({ requests: 1, tokens: 10 }, NOTHING), 0).buckets.tokens?.used).toBe(0);
  buckets.refund('unknown', { tokens: 1 }, NOW);
});

test('a slow bucket refills under a hot loop', () => {
  const buckets = createBuckets();
  const wanted = draw({ requests_per_day: 3 });
  for (let i = 0; i < 3; i++) buckets.draw('a', wanted, 0);
  let at = 0;
  while (!admitted(buckets, 'a', wanted, at) && at < DAY_MS) at += at < 28_799_000 ? 100_000 : 0.05;
  expect(at).toBeGreaterThanOrEqual(DAY_MS / 3 - 1);
  expect(at).toBeLessThanOrEqual(DAY_MS / 3);
});

test.each(['hot', 'hot and counted'])('a daily bucket gains what a loop of tenths of milliseconds brings: %s', (how) => {
  const buckets = createBuckets();
  const wanted = draw({ requests: 1_000_000, requests_per_day: 200 }, {}, how !== 'hot');
  for (let i = 0; i < 200; i++) buckets.draw('a', wanted, 0);
  for (let i = 0; i < 10_000; i++) buckets.draw('a', wanted, i / 10);
  const { buckets: after } = buckets.draw('a', draw({ requests: 1_000_000, requests_per_day: 200 }, NOTHING), 1_000);
  expect(after.requests_per_day?.used).toBeCloseTo(200 - (1_000 * 200) / DAY_MS, 6);
});

test('full buckets are forgotten, and of many the one longest out of use', () => {
  const buckets = createBuckets(100);
  const wanted = draw({ requests: 60 });
  for (let i = 0; i < 10_000; i++) buckets.draw(`account ${i}`, wanted, 0);
  expect(buckets.size).toBe(100);
  for (let i = 0; i < 200; i++) buckets.draw('one', wanted, 2_000 * (i + 1));
  expect(buckets.size).toBe(1);
});

const kindOf = (dimension: 'requests' | 'tokens', windowMs: number): LimitKind =>
  windowMs === MINUTE_MS ? dimension : `${dimension}_per_day`;

/** A bucket that was drawn on so often, after it refilled to what the vector says. */
function reached(kind: LimitKind, { limit: size, used }: { limit: number; used: number }): Bucket {
  const buckets = createBuckets();
  const amount = Math.ceil(used);
  buckets.draw('a', draw({ [kind]: size }, { requests: amount, tokens: amount }), 0);
  const { buckets: after } = buckets.draw('a', draw({ [kind]: size }, NOTHING), ((amount - used) * windowOf(kind)) / size);
  return after[kind] ?? IDLE;
}

test.each(requestVectors)('requests of $limit count down to $remaining and $reset', ({ remaining, reset, ...state }) => {
  const headers = new Map(shown(reached(kindOf('requests', state.windowMs), state), IDLE));
  expect([headers.get('x-ratelimit-remaining-requests'), headers.get('x-ratelimit-reset-requests')]).toEqual([remaining, reset]);
});

test.each(tokenVectors.filter(({ windowMs }) => windowMs <= DAY_MS))(
  'tokens of $limit count down to $remaining and $reset',
  ({ remaining, reset, ...state }) => {
    const headers = new Map(shown(IDLE, reached(kindOf('tokens', state.windowMs), state)));
    expect([headers.get('x-ratelimit-remaining-tokens'), headers.get('x-ratelimit-reset-tokens')]).toEqual([remaining, reset]);
  },
);
