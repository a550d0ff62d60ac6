import { expect, test } from 'vitest';
import type { RunContext } from '../../../../src/core/backoff/kit/rule-evidence.ts';
import { judge } from '../../../../src/core/backoff/verdict/judge.ts';
import { policyOf } from '../../../../src/core/policy/policy-of.ts';
import { policySchema } from '../../../../src/core/policy/policy-schema.ts';
import { downtimeLines } from '../../../../src/core/report/downtime-lines.ts';
import { type Exchange, journalOf, T0 } from '../../../support/exchanges.ts';

const SCENARIO = { name: 'test', seed: 1, rules: [] };
const DOWN = { rule: 'deploy', from: T0 + 1_000, to: T0 + 4_000, cut: 1 };
/** A request that was under way as the server went down. */
const CUT: Omit<Exchange, 'call'> = {
  at: 990,
  status: null,
  tookMs: 12,
  more: { closedHow: 'reset', faultApplied: { rule: 'deploy', faults: [{ name: 'server_down', params: {} }] } },
};

function judged(exchanges: readonly Exchange[], policy: object = {}, around: Partial<RunContext> = {}) {
  const given = { watchedUntil: T0 + 60_000, clientEndedAt: T0 + 60_000, downtimes: [DOWN], outages: [DOWN], ...around };
  const verdict = judge(journalOf(exchanges), given, policyOf(policySchema.parse(policy)), SCENARIO);
  const of = (rule: string) => verdict.findings.find((finding) => finding.rule === rule);
  return { verdict, of };
}

test('who was cut and is seen no more may have been refused: nobody says that it did not retry', () => {
  const { of } = judged([{ call: 'a', ...CUT }], { retries: ['transport'] });
  expect(of('retries_transport')?.verdict).toBe('not_applicable');
  expect(of('outlasts_outage')?.verdict).toBe('not_applicable');
});

test('who was cut while nothing was down, and is seen no more, did not retry', () => {
  const { of } = judged([{ call: 'a', ...CUT }], { retries: ['transport'] }, { downtimes: [], outages: [] });
  expect(of('retries_transport')?.verdict).toBe('fail');
});

test('who was cut and comes after it has retried, and outlasted it', () => {
  const { of } = judged([
    { call: 'a', ...CUT },
    { call: 'a', at: 4_200, status: 200 },
  ]);
  expect(of('retries_transport')?.verdict).toBe('pass');
  expect(of('outlasts_outage')?.verdict).toBe('pass');
  expect(of('recovers_promptly')?.verdict).toBe('pass');
});

test('attempts that may be missing are no proof of few', () => {
  const { of } = judged(
    [
      { call: 'a', ...CUT },
      { call: 'a', at: 4_200, status: 503 },
      { call: 'a', at: 5_200, status: 503 },
      { call: 'a', at: 7_200, status: 503 },
    ],
    { max_attempts: 5 },
  );
  expect(of('bounded_attempts')?.verdict).not.toBe('pass');
});

test('a hot loop that is seen after a downtime is one, whatever was refused before it', () => {
  const loop = Array.from({ length: 30 }, (_, index): Exchange => ({ call: 'a', at: 4_010 + index * 5, status: 503, tookMs: 1 }));
  const { verdict, of } = judged([{ call: 'a', ...CUT }, ...loop]);
  expect(of('no_hot_retry')?.verdict).toBe('fail');
  expect(of('bounded_attempts')?.verdict).toBe('fail');
  expect(verdict.verdict).toBe('fail');
});

test('a call that goes on for too long does so, whatever was refused meanwhile', () => {
  const late: Exchange[] = [
    { call: 'a', ...CUT },
    { call: 'a', at: 4_200, status: 503 },
    { call: 'a', at: 20_000, status: 200 },
  ];
  expect(judged(late, { max_elapsed: '10s' }).of('bounded_time')?.verdict).toBe('fail');
  expect(judged(late, { max_elapsed: '30s' }).of('bounded_time')?.verdict).toBe('inconclusive');
});

test('a gap that a downtime lies in is no wait that was kept', () => {
  const exchanges: Exchange[] = [
    { call: 'a', at: 0, status: 429, retryAfter: 2 },
    { call: 'a', at: 4_500, status: 200 },
  ];
  expect(judged(exchanges).of('never_early')?.verdict).toBe('not_applicable');
  expect(judged(exchanges, {}, { downtimes: [] }).of('never_early')?.verdict).toBe('pass');
});

test('a wait that was not kept is one, whatever was refused', () => {
  const { of } = judged([
    { call: 'a', ...CUT },
    { call: 'a', at: 4_200, status: 429, retryAfter: 5 },
    { call: 'a', at: 5_000, status: 200 },
  ]);
  expect(of('never_early')?.verdict).toBe('fail');
});

test('the verdict tells what is known of the span', () => {
  const { verdict } = judged([
    { call: 'a', at: 0, status: 200 },
    { call: 'b', at: 4_200, status: 200 },
  ]);
  expect(verdict.verdict).toBe('inconclusive');
  expect(verdict.explain).toContain('no request was under way as the server went down');
  expect(verdict.downtimes).toEqual([
    { rule: 'deploy', fromMs: 1_000, toMs: 4_000, cut: 1, lastBeforeMs: 0, firstAfterMs: 4_200 },
  ]);
  expect(downtimeLines(verdict)).toEqual([
    '1.000 s to 4.000 s (deploy): 1 request was reset; the last before it came at 0.000 s, the first after it at 4.200 s',
  ]);
});
