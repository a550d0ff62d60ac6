import { expect, test } from 'vitest';
import type { RunContext } from '../../../../src/core/backoff/kit/rule-evidence.ts';
import { judge } from '../../../../src/core/backoff/verdict/judge.ts';
import { policyOf } from '../../../../src/core/policy/policy-of.ts';
import { policySchema } from '../../../../src/core/policy/policy-schema.ts';
import { type Exchange, journalOf, T0 } from '../../../support/exchanges.ts';

const SPOILT: Omit<Exchange, 'call' | 'at'> = {
  status: 200,
  more: { faultApplied: { rule: 'rule 1', faults: [{ name: 'empty_answer', params: {} }] } },
};

function judged(exchanges: readonly Exchange[], around: Partial<RunContext> = {}) {
  const given = { watchedUntil: T0 + 60_000, clientEndedAt: T0 + 60_000, ...around };
  return judge(journalOf(exchanges), given, policyOf(policySchema.parse({})), { name: 'test', seed: 1, rules: [] });
}

test('a client that asks no more after each spoilt answer has shown nothing', () => {
  const verdict = judged([0, 1_000, 2_000].map((at) => ({ call: `call ${at}`, at, ...SPOILT })));
  expect(verdict.verdict).toBe('inconclusive');
  expect(verdict.explain).toMatch(/^nothing was shown: 3 calls ended with an answer that was spoilt or cut/);
});

test('a client that asks again after a spoilt answer has noticed it', () => {
  const verdict = judged([
    { call: 'a', at: 0, ...SPOILT },
    { call: 'a', at: 1_000, status: 200 },
  ]);
  expect(verdict.verdict).toBe('pass');
});

test('a client that says that the call failed has noticed it', () => {
  const outcomes = [{ call: 'path:a', ok: false }];
  expect(judged([{ call: 'a', at: 0, ...SPOILT }], { outcomes }).verdict).toBe('pass');
});

test('a client that gives up at an error answer passes by that, whatever else it took in silence', () => {
  const verdict = judged([
    { call: 'a', at: 0, ...SPOILT },
    { call: 'b', at: 1_000, status: 503 },
    { call: 'b', at: 2_000, status: 200 },
  ]);
  expect(verdict.verdict).toBe('pass');
});
