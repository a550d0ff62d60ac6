import { expect, test } from 'vitest';
import { judge } from '../../../src/core/backoff/verdict/judge.ts';
import { policyOf } from '../../../src/core/policy/policy-of.ts';
import { type EntryParts, journalEntry } from '../../support/journal-entry.ts';

const UNHINTED: EntryParts = { status: 429, errorCode: 'rate_limit_exceeded' };
const HINTED: EntryParts = { ...UNHINTED, hint: { header: 'retry-after', raw: '2', dueAt: 2_001 } };

/** What the rule says of calls that each gave up after one such answer. */
function explained(...calls: readonly EntryParts[]) {
  const entries = calls.map((part, at) =>
    journalEntry({ seq: at + 1, logicalId: `call-${at}`, certainty: 'exact', bodySha256: `${at}`, ...part }),
  );
  const around = { watchedUntil: 60_000, clientEndedAt: 60_000 };
  const { findings } = judge(entries, around, policyOf(), { name: 't', seed: 1, rules: [] });
  return findings.find(({ rule }) => rule === 'retries_transient')?.explain;
}

test.each([
  ['without a hint', [UNHINTED, UNHINTED], 'never retries 429 without a hint'],
  ['with one', [HINTED], 'never retries 429'],
  ['with one and without', [UNHINTED, HINTED], 'never retries 429'],
  ['without one, and of 503', [{ status: 503 }, UNHINTED], 'never retries 503, 429 without a hint'],
])('of answers of 429 %s that were not retried the rule says no more than that', (_how, calls, explain) => {
  expect(explained(...calls)).toBe(explain);
});
