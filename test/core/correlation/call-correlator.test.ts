import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CallCorrelator } from '../../../src/core/correlation/call-correlator.ts';
import { callLabel } from '../../../src/core/correlation/call-name.ts';
import type { Correlation, CorrelationEvidence } from '../../../src/core/correlation/correlation.ts';
import { fork } from '../../../src/core/random.ts';

let connections = 0;

/** A connection that stays open; `requests` counts this one. */
function connection(id: number, acceptedAt = 0, requests = 1): CorrelationEvidence['connection'] {
  return { id, acceptedAt, requests };
}

function sighting(parts: Partial<CorrelationEvidence> = {}): CorrelationEvidence {
  connections += 1;
  const at = parts.at ?? 0;
  return {
    pathCall: undefined,
    headers: {},
    fingerprint: 'same',
    at,
    connection: connection(connections, at),
    ...parts,
  };
}

function failed(at: number, on = 0, hintMs?: number) {
  return {
    at,
    retryable: true,
    delivered: false,
    hintMs,
    connection: on,
    clientLeft: false,
  };
}

const retry = (count: number) => ({
  headers: { 'x-stainless-retry-count': String(count) },
});
const succeeded = (at: number) => ({ ...failed(at), retryable: false, delivered: true });

function recogniser() {
  const forgotten: string[] = [];
  const closed = new Set<number>();
  const onForget = (call: string) => void forgotten.push(call);
  return {
    calls: new CallCorrelator({ onForget, isClosed: (id) => closed.has(id) }),
    forgotten,
    closed,
  };
}

test('the token of the path names the call, whatever else changes', () => {
  const { calls } = recogniser();
  const first = calls.observe(sighting({ pathCall: 'a', fingerprint: 'x' }));
  const second = calls.observe(sighting({ pathCall: 'a', fingerprint: 'y', ...retry(0) }));
  expect(
    [first, second].map(({ call, attempt, evidence, certainty }) => [callLabel(call), attempt, evidence, certainty]),
  ).toEqual([
    ['a', 1, 'path', 'exact'],
    ['a', 2, 'path', 'exact'],
  ]);
});

test.each(['x-client-request-id', 'idempotency-key'])('%s names the call', (header) => {
  const { calls } = recogniser();
  calls.observe(sighting({ headers: { [header]: 'k' } }));
  const second = calls.observe(sighting({ headers: { [header]: 'k' }, fingerprint: 'other' }));
  expect(second).toMatchObject({
    attempt: 2,
    evidence: header === 'idempotency-key' ? header : 'client-request-id',
    certainty: 'exact',
  });
});

test('an x-client-request-id that other requests have too names a session, not a call', () => {
  const { calls } = recogniser();
  const ask = (fingerprint: string, at: number, count: number) =>
    calls.observe(
      sighting({ at, fingerprint, headers: { 'x-client-request-id': 'session', 'x-stainless-retry-count': String(count) } }),
    );
  const first = ask('one', 0, 0);
  calls.complete(first, failed(1));
  const other = ask('another', 300, 0);
  expect(other).toMatchObject({ attempt: 1, evidence: 'first' });
  calls.complete(other, failed(301));
  expect(ask('one', 500, 1)).toMatchObject({ call: first.call, attempt: 2, evidence: 'retry-count', certainty: 'exact' });
  expect(ask('another', 800, 1)).toMatchObject({ call: other.call, attempt: 2, evidence: 'retry-count', certainty: 'exact' });
});

test('without a retry count, another request under the same x-client-request-id is a new call once the first is over', () => {
  const { calls } = recogniser();
  const headers = { 'x-client-request-id': 'session' };
  const first = calls.observe(sighting({ headers }));
  calls.complete(first, failed(1));
  const retry = calls.observe(sighting({ headers, at: 500, fingerprint: 'with another time of day' }));
  expect(retry).toMatchObject({ call: first.call, attempt: 2 });
  calls.complete(retry, succeeded(501));
  expect(calls.observe(sighting({ headers, at: 900, fingerprint: 'other' }))).toMatchObject({ attempt: 1, evidence: 'first' });
});

test('a client that names every attempt anew is followed by its retry count', () => {
  const { calls } = recogniser();
  const first = calls.observe(
    sighting({
      headers: { 'x-client-request-id': 'a', 'x-stainless-retry-count': '0' },
    }),
  );
  calls.complete(first, failed(1));
  const second = calls.observe(
    sighting({
      at: 500,
      headers: { 'x-client-request-id': 'b', 'x-stainless-retry-count': '1' },
    }),
  );
  expect(second).toMatchObject({
    call: first.call,
    attempt: 2,
    evidence: 'retry-count',
  });
});

test('the same request after a retryable failure is its retry; after a success it is a new call', () => {
  const { calls, forgotten } = recogniser();
  const first = calls.observe(sighting());
  calls.complete(first, failed(1));
  const second = calls.observe(sighting({ at: 1_000 }));
  expect(second).toMatchObject({
    call: first.call,
    attempt: 2,
    evidence: 'fingerprint',
    certainty: 'likely',
  });
  calls.complete(second, succeeded(1_001));
  const third = calls.observe(sighting({ at: 2_000 }));
  expect(third).toMatchObject({ attempt: 1, evidence: 'first' });
  expect(third.call).not.toBe(first.call);
  expect(forgotten).toEqual([first.call]);
});

test('a request that is never answered becomes retryable when the client leaves', () => {
  const { calls } = recogniser();
  const first = calls.observe(sighting());
  expect(calls.observe(sighting({ at: 5 })).call).not.toBe(first.call);
  calls.complete(first, {
    ...failed(1_000),
    retryable: true,
    delivered: false,
  });
  expect(calls.observe(sighting({ at: 1_500 })).call).toBe(first.call);
});

test('the first request of a connection opened before the failure was sent cannot be its retry', () => {
  const { calls } = recogniser();
  const first = calls.observe(sighting());
  calls.complete(first, failed(10));
  const other = calls.observe(sighting({ at: 11, connection: connection(99, 5, 1) }));
  expect(other.call).not.toBe(first.call);
});

test('of several failed calls, the one that failed on the same connection is taken, and called ambiguous', () => {
  const { calls } = recogniser();
  const a = calls.observe(sighting());
  const b = calls.observe(sighting({ connection: connection(50, 0, 1) }));
  calls.complete(a, failed(1, 40));
  calls.complete(b, failed(1, 50));
  const again = calls.observe(sighting({ at: 100, connection: connection(50, 0, 2) }));
  expect(again).toMatchObject({
    call: b.call,
    attempt: 2,
    certainty: 'ambiguous',
  });
});

test.each([
  ['a new call while the SDK itself may still retry', 900, 1_000, 1],
  ['an outer retry once that is overdue', 1_500, 1_000, 2],
  ['a new call soon after a failure, however short the hint', 400, 5, 1],
])('where requests were seen that count themselves as retries, a count of 0 is %s', (_what, at, hintMs, attempt) => {
  const { calls } = recogniser();
  calls.observe(sighting({ fingerprint: 'other', ...retry(1) }));
  calls.complete(calls.observe(sighting({ ...retry(0) })), failed(1, 0, hintMs));
  expect(calls.observe(sighting({ at, ...retry(0) })).attempt).toBe(attempt);
});

test('a count of 0 that repeats what has just failed, and nothing else of it, is a retry, however early', () => {
  const { calls } = recogniser();
  calls.complete(calls.observe(sighting({ ...retry(0) })), failed(1, 0, 1_000));
  expect(calls.observe(sighting({ at: 20, ...retry(0) }))).toMatchObject({
    attempt: 2,
    evidence: 'fingerprint',
    certainty: 'likely',
  });
});

test('a count of 0 that repeats what has been answered before is a new call while the SDK itself may still retry', () => {
  const { calls } = recogniser();
  calls.complete(calls.observe(sighting({ ...retry(0) })), succeeded(1));
  calls.complete(calls.observe(sighting({ at: 10, ...retry(0) })), failed(11));
  expect(calls.observe(sighting({ at: 20, ...retry(0) })).attempt).toBe(1);
});

test('a count of 0 is a new call when others say the same', () => {
  const { calls } = recogniser();
  const beside = [0, 1].map((at) => calls.observe(sighting({ at, ...retry(0) })));
  for (const one of beside) calls.complete(one, failed(10));
  expect(calls.observe(sighting({ at: 5_000, ...retry(0) })).attempt).toBe(1);
});

test('a client that leaves and comes back on a connection opened before the server noticed is recognised', () => {
  const { calls } = recogniser();
  const first = calls.observe(sighting({ at: 10 }));
  calls.complete(first, { ...failed(105), clientLeft: true });
  expect(calls.observe(sighting({ at: 106, connection: connection(77, 104) })).call).toBe(first.call);
});

test('a request without a name does not join a call that has one', () => {
  const { calls } = recogniser();
  const first = calls.observe(sighting({ pathCall: 'a' }));
  calls.complete(first, failed(1));
  expect(calls.observe(sighting({ at: 1_000 })).attempt).toBe(1);
});

test('names that are equal in different places are different calls', () => {
  const { calls } = recogniser();
  const seen = [{ pathCall: 'a' }, { headers: { 'idempotency-key': 'a' } }, { headers: { 'x-client-request-id': 'a' } }];
  expect(new Set(seen.map((parts) => callLabel(calls.observe(sighting(parts)).call))).size).toBe(3);
});

test('named calls are exact however many say the same', () => {
  const { calls } = recogniser();
  for (const round of [1, 2, 3]) {
    for (let i = 0; i < 3_000; i++) {
      const seen = calls.observe(sighting({ at: round * 1_000 + i, pathCall: `c${i}` }));
      expect(seen.attempt).toBe(round);
      calls.complete(seen, failed(round * 1_000 + i));
    }
  }
});

test('nested retries go on in the same call: 0 1 2 0 1 2', () => {
  const { calls } = recogniser();
  const seen: Correlation[] = [];
  for (const [index, count] of [0, 1, 2, 0, 1, 2].entries()) {
    const recognition = calls.observe(sighting({ at: index * 1_000, ...retry(count) }));
    seen.push(recognition);
    calls.complete(recognition, failed(index * 1_000 + 1));
  }
  expect(seen.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(new Set(seen.map(({ call }) => call)).size).toBe(1);
});

test('a retry whose earlier attempts never got here keeps its position', () => {
  const { calls } = recogniser();
  expect(calls.observe(sighting({ ...retry(2) })).attempt).toBe(3);
});

/** Clients of the SDK's kind in any interleaving: each sees failures until its third attempt. */
test('parallel calls of a client that was seen to count its retries each get their own chain, whatever the interleaving', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.boolean(), fc.infiniteStream(fc.nat()), (clients, identical, choices) => {
      const { calls } = recogniser();
      calls.observe(sighting({ fingerprint: 'elsewhere', ...retry(1) }));
      const next = Array.from({ length: clients }, () => 0);
      let at = 0;
      const attempts: number[][] = next.map(() => []);
      while (next.some((count) => count < 3)) {
        const ready = next.flatMap((count, client) => (count < 3 ? [client] : []));
        const client = ready[(choices.next().value as number) % ready.length] as number;
        const count = next[client] as number;
        at += 3;
        const seen = calls.observe(
          sighting({
            at,
            fingerprint: identical ? 'same' : `f${client}`,
            ...retry(count),
          }),
        );
        attempts[client]?.push(seen.attempt);
        calls.complete(seen, count < 2 ? failed(at + 1, 0, 60_000) : succeeded(at + 1));
        next[client] = count + 1;
      }
      for (const positions of attempts) expect(positions).toEqual([1, 2, 3]);
    }),
    { numRuns: 200 },
  );
});

test('distinct requests without any marker are told apart by what they say', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...Array(60).keys()], { minLength: 60 }), (order) => {
      const { calls } = recogniser();
      const seen = new Map<number, Correlation[]>();
      for (const [index, n] of order.entries()) {
        const client = n % 20;
        const recognition = calls.observe(sighting({ at: index * 10, fingerprint: `f${client}` }));
        calls.complete(recognition, failed(index * 10 + 1));
        seen.set(client, [...(seen.get(client) ?? []), recognition]);
      }
      for (const recognitions of seen.values()) {
        expect(recognitions.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
        expect(new Set(recognitions.map(({ call }) => call)).size).toBe(1);
      }
    }),
    { numRuns: 50 },
  );
});

test('draw keys of equal requests do not depend on how they were grouped into calls', () => {
  const keys = (settle: boolean) => {
    const { calls } = recogniser();
    return Array.from({ length: 5 }, (_, i) => {
      const seen = calls.observe(sighting({ at: i * 10 }));
      if (settle) calls.complete(seen, failed(i * 10 + 1));
      return seen.drawKey;
    });
  };
  expect(keys(true)).toEqual(keys(false));
});

test('memory is bounded: old calls make room', () => {
  const { calls, forgotten } = recogniser();
  for (let i = 0; i < 30_000; i++) calls.complete(calls.observe(sighting({ fingerprint: `f${i}` })), failed(i));
  expect(forgotten.length).toBe(10_000);
});

test('of so many kinds of requests, those longest out of use are forgotten, unless calls of them are open', () => {
  const { calls } = recogniser();
  const come = (fingerprint: string, status = 200) => {
    const seen = calls.observe(sighting({ fingerprint }));
    calls.complete(seen, { ...failed(0), retryable: status >= 500, delivered: status < 400 });
    return seen.drawKey;
  };
  come('forgotten');
  come('open', 500);
  come('used');
  for (let i = 0; i < 99_997; i++) come(`f${i}`);
  come('used');
  for (let i = 0; i < 10; i++) come(`g${i}`);
  expect(come('forgotten')).toBe('forgotten - 1');
  expect(come('open')).toBe('open - 2');
  expect(come('used')).toBe('used - 3');
});

test('unmarked equal calls in parallel that back off each get their own chain, though a pool shuffles their connections', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 60 }),
      fc.integer({ min: 300, max: 2_000 }),
      fc.integer(),
      (clients, backoffMs, seed) => {
        const { calls } = recogniser();
        const shuffled = fork(seed, 'pool');
        const attempts: number[][] = Array.from({ length: clients }, () => []);
        for (let round = 0; round < 3; round++) {
          const free = Array.from({ length: clients }, (_, i) => i);
          for (let client = 0; client < clients; client++) {
            const on = round === 0 ? client : (free.splice(Math.floor(shuffled() * free.length), 1)[0] ?? 0);
            // All connections were opened at once, and a request is answered within a millisecond.
            const at = round * backoffMs + client;
            const seen = calls.observe(sighting({ at, connection: connection(1_000 + on, -1, round + 1) }));
            attempts[client]?.push(seen.attempt);
            calls.complete(seen, round < 2 ? failed(at + 0.5, 1_000 + on) : { ...succeeded(at + 0.5), connection: 1_000 + on });
          }
        }
        expect(attempts).toEqual(attempts.map(() => [1, 2, 3]));
      },
    ),
    { numRuns: 100 },
  );
});

test('which of two calls a retry was of is in doubt for both of them: the other, too, stays ambiguous', () => {
  const { calls } = recogniser();
  const [a, b] = [calls.observe(sighting({ at: 0 })), calls.observe(sighting({ at: 1 }))];
  calls.complete(a, failed(10, 901));
  calls.complete(b, failed(11, 902));
  const retries = [2_000, 2_100].map((at) => calls.observe(sighting({ at })));
  expect(retries.map(({ call, certainty }) => [call, certainty])).toEqual([
    [a.call, 'ambiguous'],
    [b.call, 'ambiguous'],
  ]);
});

test.each([
  ['a new call while its connection is open', false, 'first'],
  ['its retry once its connection is closed', true, 'fingerprint'],
] as const)('beside equal unmarked calls, what comes at once after a failure is %s', (_title, isClosed, evidence) => {
  const { calls, closed } = recogniser();
  const [one, other] = [1, 2].map((id) => calls.observe(sighting({ connection: connection(id, 0) })));
  calls.complete(one ?? {}, failed(100, 1));
  if (isClosed) closed.add(1);
  expect(calls.observe(sighting({ at: 110, connection: connection(3, 105) })).evidence).toBe(evidence);
  expect(other?.evidence).toBe('first');
});
