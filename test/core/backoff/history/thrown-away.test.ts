import { expect, test } from 'vitest';
import { judge } from '../../../../src/core/backoff/verdict/judge.ts';
import { policyOf } from '../../../../src/core/policy/policy-of.ts';
import { policySchema } from '../../../../src/core/policy/policy-schema.ts';
import { type Exchange, journalOf, T0 } from '../../../support/exchanges.ts';

/** A request that meets a GOAWAY at its head. */
function goaway(serveOpen: boolean): Exchange {
  const faults = [{ name: 'goaway' as const, params: { code: 'no_error', serve_open: serveOpen } }];
  return { call: 'other', at: 1_000, status: 200, tookMs: 200, more: { faultApplied: { rule: 'replaced', faults } } };
}

function findingOn(rule: string, exchanges: readonly Exchange[], policy: object) {
  const given = { watchedUntil: T0 + 60_000, clientEndedAt: T0 + 60_000 };
  const { findings } = judge(journalOf(exchanges), given, policyOf(policySchema.parse(policy)), {
    name: 'test',
    seed: 1,
    rules: [],
  });
  return findings.find((finding) => finding.rule === rule);
}

const verdictOn = (...given: Parameters<typeof findingOn>) => findingOn(...given)?.verdict;

const FAILED: Exchange = { call: 'a', at: 900, status: 503 };

test('a retry may have been thrown away behind a GOAWAY: nobody says that there was none', () => {
  const policy = { retries: [503] };
  expect(verdictOn('retries_transient', [FAILED, goaway(true)], policy)).not.toBe('fail');
  expect(verdictOn('retries_transient', [FAILED, goaway(false)], policy)).toBe(verdictOn('retries_transient', [FAILED], policy));
});

test('attempts that may have been thrown away behind a GOAWAY are no proof of few', () => {
  const exchanges: Exchange[] = [FAILED, { call: 'a', at: 2_000, status: 503 }, { call: 'a', at: 4_000, status: 503 }];
  const policy = { max_attempts: 3 };
  expect(verdictOn('bounded_attempts', exchanges, policy)).toBe('pass');
  expect(verdictOn('bounded_attempts', [...exchanges, goaway(true)], policy)).not.toBe('pass');
});

test('what may have been thrown away behind a GOAWAY is not told as refused by a server that was down', () => {
  const exchanges: Exchange[] = [
    FAILED,
    { call: 'a', at: 2_000, status: 503 },
    { call: 'a', at: 4_000, status: 200 },
    goaway(true),
  ];
  const spoke = findingOn('bounded_time', exchanges, { max_elapsed: '10s' });
  expect(spoke?.explain).toMatch(/attempts of these calls may be missing, which were thrown away behind a GOAWAY$/);
});
