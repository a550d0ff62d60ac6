import { expect, test } from 'vitest';
import { judge } from '../../../src/core/backoff/verdict/judge.ts';
import type { JournalEntry } from '../../../src/core/journal/entry.ts';
import { policyOf } from '../../../src/core/policy/policy-of.ts';
import { type PolicyInput, policySchema } from '../../../src/core/policy/policy-schema.ts';
import { type EntryParts, journalEntry } from '../../support/journal-entry.ts';

/** What each rule says of the journal under the policies, the later going before the earlier. */
function findingsOf(parts: readonly EntryParts[], ...policies: readonly PolicyInput[]) {
  const entries = parts.map((part, at): JournalEntry => journalEntry({ seq: at + 1, attemptSeq: at + 1, ...part }));
  const end = Math.max(...entries.map(({ t_end }) => t_end ?? 0)) + 60_000;
  const policy = policyOf(...policies.map((given) => policySchema.parse(given)));
  const { findings } = judge(entries, { watchedUntil: end }, policy, { name: 'test', seed: 1, rules: [] });
  return (id: string) => findings.find(({ rule }) => rule === id);
}

const unnamed = { logicalIdFrom: 'first', certainty: 'likely' } as const;

test.each([400, 401, 403, 404, 422])('a retried %i is what `retries` asks for, and an error without it', (status) => {
  const retried = [{ t_headers: 0, status }, { t_headers: 1_000 }];
  const undeclared = findingsOf(retried, {});
  expect(undeclared('no_retry_permanent')?.verdict).toBe('fail');
  const declared = findingsOf(retried, { retries: [status] });
  expect(declared('no_retry_permanent')?.verdict).toBe('not_applicable');
  expect(declared('retries_transient')).toMatchObject({ verdict: 'pass', explain: `retries ${status}` });
});

test('a permanent status that `retries` declares, and that is not retried, speaks against the client', () => {
  const finding = findingsOf([{ t_headers: 0, status: 401 }], { retries: [401] });
  expect(finding('retries_transient')).toMatchObject({ verdict: 'fail', explain: 'never retries 401' });
  expect(findingsOf([{ t_headers: 0, status: 401 }], {})('retries_transient')?.verdict).toBe('not_applicable');
});

test('an equal request after a 401 that is to be retried may be the retry, and accuses nobody', () => {
  const apart = [
    { t_headers: 0, status: 401, logicalId: '#1', ...unnamed },
    { t_headers: 1_000, logicalId: '#2', ...unnamed },
  ];
  expect(findingsOf(apart, { retries: [401] })('retries_transient')).toMatchObject({
    verdict: 'inconclusive',
    explain: expect.stringContaining('1 equal request followed 401 within a minute'),
  });
  const [first = {}] = apart;
  const named = [first, { t_headers: 1_000, logicalId: 'b', logicalIdFrom: 'path' } as const];
  expect(findingsOf(named, { retries: [401] })('retries_transient')?.verdict).toBe('fail');
});

test('of `retries` and `never_retries`, what is given later goes before what is given earlier', () => {
  const retried = [{ t_headers: 0, status: 503 }, { t_headers: 1_000 }];
  const once = [{ t_headers: 0, status: 503 }];
  const sre = { preset: 'strict-sre' } as const;
  expect(findingsOf(retried, { ...sre, never_retries: [503] })('no_retry_permanent')?.verdict).toBe('fail');
  expect(findingsOf(once, { ...sre, never_retries: [503] })('retries_transient')?.verdict).toBe('not_applicable');
  expect(findingsOf(once, { never_retries: [503] }, { retries: [503] })('retries_transient')?.verdict).toBe('fail');
  expect(findingsOf(retried, { never_retries: [503] }, { retries: [503] })('no_retry_permanent')?.verdict).toBe('not_applicable');
});

const SERVER_ERROR = { status: 500, errorCode: null, errorType: 'server_error' } as const;
const QUOTA = { status: 429, errorCode: 'credit_balance_exhausted', errorType: 'insufficient_quota' } as const;
const INACTIVE = { status: 429, errorCode: 'billing_not_active', errorType: 'billing_not_active' } as const;
const RATE = { status: 429, errorCode: 'rate_limit_exceeded', errorType: 'requests' } as const;

test.each([
  ['a status', SERVER_ERROR, 500, 'fail'],
  ['a type, of an error without a code', SERVER_ERROR, 'server_error', 'fail'],
  ['a code', RATE, 'rate_limit_exceeded', 'fail'],
  ['the type beside a code', RATE, 'requests', 'fail'],
  ['another type', RATE, 'tokens', 'not_applicable'],
  ['the status of a billing code', QUOTA, 429, 'fail'],
  ['the type of a billing code', QUOTA, 'insufficient_quota', 'fail'],
  ['insufficient_quota for any billing code', INACTIVE, 'insufficient_quota', 'fail'],
  ['a status that a code resembles', { status: 500, errorCode: 502 }, 502, 'not_applicable'],
])('never_retries goes by %s', (_what, failure, item, verdict) => {
  const retried = [{ t_headers: 0, ...failure }, { t_headers: 1_000 }];
  expect(findingsOf(retried, { never_retries: [item] })('no_retry_permanent')?.verdict).toBe(verdict);
});

const hinted = { status: 429, hint: { header: 'retry-after', raw: '2', dueAt: 2_001 } } as const;

test.each([
  [
    61,
    '1 hint above max_honoured_retry_after did not make the client give up: 1 followed by an attempt before the wait was over',
  ],
  [2_001, '1 hint above max_honoured_retry_after did not make the client give up: 1 waited for'],
])('a client that comes back after %i ms is not said to have done anything else with a hint of 2 s', (t_headers, explain) => {
  const finding = findingsOf([{ t_headers: 0, ...hinted }, { t_headers }], { max_honoured_retry_after: '1s' })('long_hint');
  expect(finding).toMatchObject({ verdict: 'warn', explain, n: 1 });
  expect(finding?.evidence[0]?.line).toMatch(/, expected to give up$/);
});

test('one attempt beyond max_attempts is forgiven, and said to be', () => {
  const attempts = (count: number) => Array.from({ length: count }, (_, at) => ({ t_headers: at * 1_000, status: 500 }));
  const finding = (count: number) => findingsOf(attempts(count), { max_attempts: 3 })('bounded_attempts');
  expect(finding(3)).toMatchObject({ verdict: 'pass', threshold: 5, explain: expect.not.stringContaining('forgiven') });
  const forgiven = '(max_attempts: 3, one more is forgiven)';
  expect(finding(4)).toMatchObject({ verdict: 'pass', threshold: 5, explain: expect.stringContaining(forgiven) });
  expect(finding(5)).toMatchObject({
    verdict: 'fail',
    statistic: { value: 5 },
    threshold: 5,
    explain: `1 call made more than 4 attempts ${forgiven}, up to 5`,
  });
});
