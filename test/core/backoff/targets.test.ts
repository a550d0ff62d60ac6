import { expect, test } from 'vitest';
import type { RuleId } from '../../../src/core/backoff/registry.ts';
import { judge } from '../../../src/core/backoff/verdict/judge.ts';
import { policyOf } from '../../../src/core/policy/policy-of.ts';
import { type EntryParts, journalEntry } from '../../support/journal-entry.ts';

function finding(id: RuleId, ...parts: readonly EntryParts[]) {
  const entries = parts.map((part, at) => journalEntry({ seq: at + 1, attemptSeq: at + 1, ...part }));
  const end = Math.max(...entries.map(({ t_end }) => t_end ?? 0));
  const { findings } = judge(entries, { watchedUntil: end, clientEndedAt: end }, policyOf(), { name: 't', seed: 1, rules: [] });
  return findings.find(({ rule }) => rule === id);
}

const told = (at: number, seconds = 2): EntryParts => ({
  t_headers: at,
  status: 429,
  hint: { header: 'retry-after', raw: String(seconds), dueAt: at + 1 + seconds * 1_000 },
});
const A = { authorizationHash: 'a' };
const B = { authorizationHash: 'b' };
const LARGE = { model: 'gpt-4o', bodySha256: 'large', bodyShaCanonical: 'large' };
const SMALL = { model: 'gpt-4o-mini', bodySha256: 'small', bodyShaCanonical: 'small' };

test.each([
  ['keys', A, B],
  ['models', LARGE, SMALL],
])('by turns with two %s, what one was told holds for its own next attempt', (_what, one, other) => {
  const hasty = finding(
    'never_early',
    { ...told(0), ...one },
    { ...told(5), ...other },
    { ...told(11), ...one },
    { t_headers: 2_100, ...other },
  );
  expect(hasty).toMatchObject({
    verdict: 'fail',
    n: 2,
    evidence: [{ line: 'attempt 1: 429 Retry-After 2 → attempt 3 after 0.010 s, 1.990 s early' }],
  });
  const patient = finding(
    'never_early',
    { ...told(0), ...one },
    { ...told(5), ...other },
    { ...told(2_010), ...one },
    { t_headers: 2_100, ...other },
  );
  expect(patient?.verdict).toBe('pass');
});

test('another key that is tried at once has been told nothing', () => {
  expect(finding('never_early', { ...told(0), ...A }, { t_headers: 10, ...B })?.verdict).toBe('pass');
});

test('what is asked of a model under the same name after a success is another call', () => {
  const parts = [
    { ...told(0), ...LARGE },
    { t_headers: 10, ...SMALL },
    { t_headers: 50, ...LARGE },
  ];
  expect(finding('never_early', ...parts)?.verdict).not.toBe('fail');
});

const failed = { status: 503, logicalIdFrom: 'first' } as const;

test.each([
  ['under another key', { ...failed, ...A }, { ...B }, 'pass'],
  [
    'with another model, as far as what is asked shows',
    { ...failed, ...LARGE, question: 'q' },
    { ...SMALL, question: 'q' },
    'inconclusive',
  ],
  ['nowhere', { ...failed, ...LARGE, question: 'q' }, { ...SMALL, question: 'r' }, 'warn'],
] as const)('a call that fails and goes on %s is retried, or may be', (_where, first, next, verdict) => {
  const later = { t_headers: 500, logicalId: '#2', attemptSeq: 1, logicalIdFrom: 'first', ...next } as const;
  expect(finding('retries_transient', { t_headers: 0, ...first }, later)?.verdict).toBe(verdict);
});

test('a call that goes on with another model under its name is retried', () => {
  expect(finding('retries_transient', { t_headers: 0, status: 503, ...LARGE }, { t_headers: 500, ...SMALL })).toMatchObject({
    verdict: 'pass',
    explain: 'retries 503',
  });
});

const ms = (headers: Record<string, string>) =>
  ({ t_headers: 0, status: 429, hint: { header: 'retry-after-ms', raw: '700', dueAt: 701 }, headers }) as const;
const SDK = { 'x-stainless-lang': 'js' };

test('retry-after-ms blames who counts this retry, not a layer above or below', () => {
  const again = (headers: Record<string, string>) => ({ t_headers: 300, headers });
  const counted = (count: number) => ({ ...SDK, 'x-stainless-retry-count': String(count) });
  expect(finding('retry_after_ms', ms(counted(0)), again(counted(1)))?.verdict).toBe('fail');
  expect(finding('retry_after_ms', ms(counted(0)), again(counted(0)))?.verdict).toBe('info');
  expect(finding('retry_after_ms', ms(SDK), again(SDK))).toMatchObject({
    verdict: 'info',
    explain: expect.stringContaining('that need not know') as string,
  });
});

test('early retries after obsolete forms of a date are told as such', () => {
  const date = (raw: string) => ({ t_headers: 0, status: 429, hint: { header: 'retry-after', raw, dueAt: 5_001 } }) as const;
  const early = finding('http_date', date('Sunday, 06-Nov-94 08:49:37 GMT'), { t_headers: 500 });
  expect(early).toMatchObject({
    verdict: 'info',
    explain: expect.stringMatching(/by up to 4\.501 s, after one of the two obsolete forms/) as string,
  });
});

test('tries that hedge each other are one timeout', () => {
  const hung = (at: number, leftAt: number) =>
    ({
      t_headers: at,
      status: null,
      t_firstByteBefore: null,
      t_clientClose: leftAt,
      t_end: leftAt,
      closedBy: 'client',
      faultApplied: { rule: 'r', faults: [{ name: 'hang', params: {} }] },
    }) as const;
  const hedged = [hung(0, 2_000), hung(500, 2_000), hung(3_000, 5_000), hung(3_500, 5_000), { t_headers: 9_000 }];
  expect(finding('aborts_hung_request', ...hedged)?.verdict).toBe('pass');
  const loop = [0, 1_000, 2_000, 3_000].map((at) => hung(at, at + 500));
  expect(finding('aborts_hung_request', ...loop, { t_headers: 9_000 })?.verdict).toBe('warn');
});
