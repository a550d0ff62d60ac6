import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inFlightOf, peakOf } from '../../../src/core/backoff/history/in-flight.ts';
import { judge } from '../../../src/core/backoff/verdict/judge.ts';
import { policyOf } from '../../../src/core/policy/policy-of.ts';
import { type PolicyInput, policySchema } from '../../../src/core/policy/policy-schema.ts';
import { runNumbers } from '../../../src/core/report/numbers.ts';
import { type Exchange, journalOf } from '../../support/exchanges.ts';

/** Workers of a client, each with one request after the other, that take turns by `stepMs`. */
function workers(count: number, each: number, more: Partial<Exchange> = {}): Exchange[] {
  return Array.from({ length: count * each }, (_, place) => {
    const [worker, turn] = [place % count, Math.floor(place / count)];
    return { call: `${worker}-${turn}`, at: turn * 100 + worker, status: 200, tookMs: 100, ...more };
  });
}

function verdictOn(exchanges: readonly Exchange[], limit: PolicyInput['max_in_flight']) {
  const entries = journalOf(exchanges);
  const end = Math.max(...entries.map(({ t_end }) => t_end ?? 0));
  const policy = policyOf(policySchema.parse(limit === undefined ? {} : { max_in_flight: limit }));
  return judge(entries, { watchedUntil: end, clientEndedAt: end }, policy, { name: 't', seed: 1, rules: [] });
}

function told(exchanges: readonly Exchange[], limit: PolicyInput['max_in_flight']) {
  return verdictOn(exchanges, limit).findings.find(({ rule }) => rule === 'max_in_flight');
}

/** The same requests, of a key and to a model. */
const of = (authorizationHash: string, model: string) => (exchange: Exchange) => ({
  ...exchange,
  call: `${authorizationHash} ${model} ${exchange.call}`,
  more: { authorizationHash, model },
});

test('a client that keeps to its number passes, and one with a worker more fails', () => {
  expect(told(workers(3, 5), 3)).toMatchObject({ verdict: 'pass', threshold: 3, statistic: { value: 3, unit: 'requests' } });
  const found = told(workers(4, 5), 3);
  expect(found).toMatchObject({ verdict: 'fail', statistic: { value: 4 }, correlation: 'exact' });
  expect(found?.explain).toBe('4 requests were in flight at once; 3 may be');
  expect(found?.evidence).toMatchObject([
    { entries: [1, 2, 3, 4], line: '0.003 s after the first of them began, 4 requests were in flight' },
  ]);
});

test('retries that come while first attempts are under way count, too', () => {
  const hedged: Exchange[] = [
    { call: 'a', at: 0, status: 200, tookMs: 1_000 },
    { call: 'a', at: 500, status: 200, tookMs: 100 },
    { call: 'b', at: 2_000, status: 200 },
  ];
  expect(told(hedged, 1)).toMatchObject({ verdict: 'fail', statistic: { value: 2 } });
});

test('a request that begins in the moment in which another ends is not at once with it', () => {
  expect(told(workers(1, 6), 1)).toMatchObject({ verdict: 'pass', statistic: { value: 1 } });
});

test('a client that leaves and asks anew at once is not accused: it left before the mock could see it', () => {
  const left: Exchange[] = [
    { call: 'a', at: 0, status: null, tookMs: 1_050, left: true },
    { call: 'a', at: 1_000, status: 200 },
    { call: 'b', at: 2_000, status: 200 },
  ];
  expect(told(left, 1)).toMatchObject({ verdict: 'inconclusive' });
  // Half a second is no time in which leaving is read.
  const slow = left.map((exchange, place) => (place === 0 ? { ...exchange, tookMs: 1_600 } : exchange));
  expect(told(slow, 1)).toMatchObject({ verdict: 'fail' });
});

test('without the key nothing is asked, and few requests show nothing', () => {
  expect(told(workers(9, 2), undefined)).toMatchObject({ verdict: 'not_applicable' });
  expect(told(workers(3, 1), 8)).toMatchObject({ verdict: 'inconclusive', explain: expect.stringContaining('send more') });
});

const SHARED = [
  ...workers(3, 4).map(of('aaaaaaaaaa', 'gpt-4o')),
  ...workers(2, 4).map(of('aaaaaaaaaa', 'gpt-4o-mini')),
  ...workers(1, 4).map(of('bbbbbbbbbb', 'gpt-4o')),
];

test('keys and targets are told apart', () => {
  expect(inFlightOf(journalOf(SHARED))).toEqual({
    most: 6,
    byKey: [
      { key: 'aaaaaaaaaa', most: 5 },
      { key: 'bbbbbbbbbb', most: 1 },
    ],
    byTarget: [
      { session: 'default', key: 'aaaaaaaaaa', model: 'gpt-4o', most: 3 },
      { session: 'default', key: 'aaaaaaaaaa', model: 'gpt-4o-mini', most: 2 },
      { session: 'default', key: 'bbbbbbbbbb', model: 'gpt-4o', most: 1 },
    ],
  });
  expect(Object.fromEntries(runNumbers(verdictOn(SHARED, undefined)))['in flight']).toBe(
    '6 at most; 5 with one key, 3 to one target',
  );
});

test.each([
  [{ by_key: 5 }, 'pass', 'at most 5 requests with key aaaaaaaa were in flight at once; 5 may be'],
  [{ by_key: 4 }, 'fail', '5 requests with key aaaaaaaa were in flight at once; 4 may be'],
  [{ by_target: 3 }, 'pass', 'at most 3 requests to gpt-4o with key aaaaaaaa were in flight at once; 3 may be'],
  [{ by_target: 2 }, 'fail', '3 requests to gpt-4o with key aaaaaaaa were in flight at once; 2 may be'],
  [{ in_all: 6, by_key: 5, by_target: 3 }, 'pass', expect.any(String)],
  [{ in_all: 6, by_key: 5, by_target: 2 }, 'fail', expect.stringContaining('to gpt-4o')],
  [{ in_all: 6, by_key: 100 }, 'inconclusive', expect.stringContaining('send more')],
  [{}, 'not_applicable', 'the policy has no max_in_flight'],
] as const)('a policy bounds all, those with one key and those to one target: %j', (limit, verdict, explain) => {
  expect(told(SHARED, limit)).toMatchObject({ verdict, explain });
});

test('the largest number is that of a count at each beginning', () => {
  const exchange = fc.record({ at: fc.nat(200), tookMs: fc.integer({ min: 1, max: 80 }) });
  fc.assert(
    fc.property(fc.array(exchange, { maxLength: 40 }), (made) => {
      const entries = journalOf(made.map((each, place) => ({ call: String(place), status: 200, ...each })));
      const counts = entries.map(
        ({ t_headers: at }) => entries.filter((other) => other.t_headers <= at && (other.t_end ?? 0) > at).length,
      );
      const peak = peakOf(entries);
      expect(peak.most).toBe(Math.max(0, ...counts));
      expect(peak.entries).toHaveLength(peak.most);
    }),
  );
});
