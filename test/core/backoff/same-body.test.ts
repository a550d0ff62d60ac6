import { expect, test } from 'vitest';
import { judge } from '../../../src/core/backoff/verdict/judge.ts';
import { policyOf } from '../../../src/core/policy/policy-of.ts';
import { journalOf } from '../../support/exchanges.ts';

type Hashes = readonly [string | null, string | null];

/** What a rule says of two requests with different bytes; `hashes` are those of their JSON. */
function told(id: 'same_body' | 'same_idempotency_key', calls: readonly [string, string], hashes: Hashes) {
  const headers = { 'idempotency-key': 'key' };
  const entries = journalOf([
    { call: calls[0], at: 0, status: 500, more: { headers, bodySha256: 'one', bodyShaCanonical: hashes[0] } },
    { call: calls[1], at: 1_000, status: 200, more: { headers, bodySha256: 'two', bodyShaCanonical: hashes[1] } },
  ]);
  const watched = { watchedUntil: 200_000, clientEndedAt: 200_000 };
  const { findings } = judge(entries, watched, policyOf(), { name: 't', seed: 1, rules: [] });
  const { verdict, explain } = findings.find(({ rule }) => rule === id) ?? expect.unreachable();
  return [verdict, explain];
}

/** Of a call and its retry. */
const ofRetry = (hashes: Hashes) => told('same_body', ['a', 'a'], hashes);
/** Of two calls with one key. */
const ofKey = (hashes: Hashes) => told('same_idempotency_key', ['a', 'b'], hashes);

test('a retry may order its JSON in another way, and say nothing else', () => {
  expect(ofRetry(['same', 'same'])).toEqual(['pass', '1 retry said the same, 1 of them in other bytes']);
  expect(ofRetry(['same', 'other'])).toEqual(['warn', '1 of 1 retry sent another body']);
});

const FORGOTTEN = [
  [null, 'known'],
  ['known', null],
  [null, null],
] as const;

test('a retry in other bytes is not accused where the journal has a body no more', () => {
  for (const bodies of FORGOTTEN)
    expect(ofRetry(bodies)).toEqual(['inconclusive', '1 of 1 retry came in other bytes, of bodies that are not kept or no JSON']);
});

test('an idempotency key is held to serve two requests only where both bodies are known', () => {
  expect(ofKey(['same', 'same'])[0]).toBe('pass');
  expect(ofKey(['same', 'other'])).toEqual(['fail', '1 idempotency key serves several different requests']);
  for (const bodies of FORGOTTEN) expect(ofKey(bodies)[0]).toBe('inconclusive');
});
