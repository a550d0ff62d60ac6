import { expect, test } from 'vitest';
import type { ClientOutcome, RunContext } from '../../../src/core/backoff/kit/rule-evidence.ts';
import type { RuleId } from '../../../src/core/backoff/registry.ts';
import { judge } from '../../../src/core/backoff/verdict/judge.ts';
import { policyOf } from '../../../src/core/policy/policy-of.ts';
import { type PolicyInput, policySchema } from '../../../src/core/policy/policy-schema.ts';
import { type EntryParts, journalEntry } from '../../support/journal-entry.ts';

function finding(id: RuleId, parts: readonly EntryParts[], circumstances: Partial<RunContext>, policy: PolicyInput = {}) {
  const entries = parts.map((part, at) => journalEntry({ seq: at + 1, ...part }));
  const around = { watchedUntil: 16_000, ...circumstances };
  const { findings } = judge(entries, around, policyOf(policySchema.parse(policy)), { name: 't', seed: 1, rules: [] });
  return findings.find(({ rule }) => rule === id);
}

const open = (call: string, watchedUntil = 16_000): ClientOutcome => ({ call, ok: null, startedAt: 0, watchedUntil });
const over = (call: string, settledAt: number, ok = false): ClientOutcome => ({
  call,
  ok,
  startedAt: 0,
  settledAt,
  watchedUntil: 16_000,
});

const hint = (raw: string, dueAt: number | null = null) =>
  ({ status: 429, hint: { header: 'retry-after', raw, dueAt } }) as const;
const done: EntryParts = {
  stream: true,
  chunksOut: 5,
  faultApplied: { rule: 'r', faults: [{ name: 'open_after_done', params: {} }] },
  t_lastByte: 30,
  t_end: null,
};
const body: EntryParts = {
  t_lastByte: 5,
  t_end: null,
  faultApplied: { rule: 'r', faults: [{ name: 'slow_body', params: {} }] },
};

test.each([
  ['a date that is none', hint('Wed, 99 Foo')],
  ['a negative number', hint('-5')],
  ['a date in the past', hint('Wed, 21 Oct 2015 07:28:00 GMT', -1_000_000)],
  ['[DONE] of a stream that stays open', done],
] as const)('a call that hangs after %s is told so, and one that ends is not', (_what, parts) => {
  expect(finding('settles', [parts], { outcomes: [open('#1')] })).toMatchObject({
    verdict: 'fail',
    evidence: [{ line: expect.stringContaining('and the call is not over') as string }],
  });
  expect(finding('settles', [parts], { outcomes: [over('#1', 900)] })?.verdict).toBe('pass');
});

test('a client that waits as long without a hint does not hang', () => {
  const parts = [
    { logicalId: 'a', ...hint('soon') },
    { logicalId: 'b', status: 429 },
  ];
  expect(finding('settles', parts, { outcomes: [open('a'), open('b')] })?.verdict).toBe('inconclusive');
  expect(finding('settles', parts, { outcomes: [open('a'), over('b', 900)] })?.verdict).toBe('fail');
});

test('a call that was looked at for a moment only does not hang', () => {
  expect(finding('settles', [hint('soon')], { watchedUntil: 60_000, outcomes: [open('#1', 5_000)] })?.verdict).toBe(
    'inconclusive',
  );
});

test.each([
  ['a number that is too large can be waited for', hint('3000000', 3e9), 'not_applicable'],
  ['a wait that was asked for', hint('600', 600_001), 'not_applicable'],
] as const)('%s', (_what, parts, verdict) => {
  expect(finding('settles', [parts], { outcomes: [open('#1')] })?.verdict).toBe(verdict);
});

test('a body that never comes is left within the timeout that the client declares', () => {
  const outcomes = [open('#1')];
  const declared = (seconds: string) => ({ ...body, headers: { 'x-stainless-timeout': seconds } });
  expect(finding('settles', [body], { outcomes })).toMatchObject({
    verdict: 'info',
    explain: expect.stringContaining('not seen to the end') as string,
  });
  expect(finding('settles', [declared('5')], { outcomes })?.verdict).toBe('fail');
  expect(finding('settles', [declared('600')], { outcomes })?.verdict).toBe('info');
  expect(finding('settles', [body], { outcomes: [over('#1', 5_000)] })?.verdict).toBe('pass');
});

const outages = [{ from: 0, to: 10_000 }];
const down = [
  { t_headers: 100, status: 503 },
  { t_headers: 1_500, status: 503, attemptSeq: 2 },
];

test.each([
  ['by default', {}, 'info'],
  ['where the policy expects it to outlast that', { outlasts: '10s' }, 'warn'],
  ['where the policy expects less', { outlasts: '1s' }, 'pass'],
  ['where the policy raises warnings', { outlasts: '10s', rules: { outlasts_outage: 'fail' } }, 'fail'],
] as const)('a client that gives up in an outage, %s', (_when, policy, verdict) => {
  expect(finding('outlasts_outage', down, { outages, outcomes: [over('#1', 1_600)] }, policy)?.verdict).toBe(verdict);
});

test.each([
  ['is still trying', down, [open('#1')]],
  ['comes back after it', [...down, { t_headers: 11_000, attemptSeq: 3 }], [over('#1', 11_100, true)]],
  ['gives up after it', [...down, { t_headers: 11_000, status: 503, attemptSeq: 3 }], [over('#1', 11_100)]],
] as const)('a client that %s outlasts the outage', (_what, parts, outcomes) => {
  expect(finding('outlasts_outage', parts, { outages, outcomes }, { outlasts: '10s' })?.verdict).toBe('pass');
});

const comingAgain = [
  { from: 0, to: 10_000 },
  { from: 14_000, to: 24_000 },
];

test('a call that outlasts an outage which comes again counts once, and one that gives up in the second gave up', () => {
  const both = [...down, { t_headers: 15_000, status: 503, attemptSeq: 3 }];
  const through = [...both, { t_headers: 25_000, attemptSeq: 4 }];
  expect(finding('outlasts_outage', through, { outages: comingAgain, outcomes: [over('#1', 25_100, true)] })).toMatchObject({
    verdict: 'pass',
    n: 1,
  });
  const late = both.map((part, at) => (at === 2 ? part : { ...part, logicalId: 'b' }));
  const outcomes = [over('#1', 15_100), over('b', 1_600)];
  expect(finding('outlasts_outage', late, { outages: comingAgain, outcomes, watchedUntil: 30_000 })?.explain).toMatch(
    /^2 of 2 calls gave up/,
  );
});

test('the time to recover leaves out the time in which the outage had come again', () => {
  const calls = (again: readonly EntryParts[]) =>
    Array.from({ length: 10 }, (_, call) => [...down, ...again].map((part) => ({ ...part, logicalId: `#${call}` }))).flat();
  const once = calls([{ t_headers: 26_000, attemptSeq: 3 }]);
  const statistic = (outagesGiven: typeof outages, parts: EntryParts[]) =>
    finding('recovers_promptly', parts, { outages: outagesGiven, watchedUntil: 30_000 })?.statistic?.value;
  expect(statistic(outages, once)).toBe(16_000);
  expect(statistic(comingAgain, once)).toBe(6_000);
  const twice = calls([
    { t_headers: 15_000, status: 503, attemptSeq: 3 },
    { t_headers: 26_000, attemptSeq: 4 },
  ]);
  expect(statistic(comingAgain, twice)).toBe(2_000);
});

test('a call that began when the outage was nearly over shows no patience', () => {
  const late = [
    { t_headers: 8_500, status: 503 },
    { t_headers: 10_100, attemptSeq: 2 },
  ];
  expect(finding('outlasts_outage', late, { outages, outcomes: [over('#1', 10_200, true)] })?.verdict).toBe('not_applicable');
  expect(finding('outlasts_outage', late, { outages, outcomes: [over('#1', 10_200, true)] }, { outlasts: '1s' })?.verdict).toBe(
    'pass',
  );
});

test('a program that ended within an outage has given up, and one that was told to stop has not', () => {
  expect(finding('outlasts_outage', down, { outages, clientEndedAt: 2_000 })?.explain).toBe(
    '1 of 1 call gave up before an outage of 10.000 s was over, the first after 1.401 s',
  );
  const stop = [{ ...down[0] }, { ...down[1], shouldRetry: 'false' }];
  expect(finding('outlasts_outage', stop, { outages, clientEndedAt: 2_000 })?.verdict).toBe('not_applicable');
});
