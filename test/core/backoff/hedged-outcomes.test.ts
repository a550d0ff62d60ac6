import { expect, test } from 'vitest';
import { judge } from '../../../src/core/backoff/verdict/judge.ts';
import { policyOf } from '../../../src/core/policy/policy-of.ts';
import { type EntryParts, journalEntry } from '../../support/journal-entry.ts';

/** What the rule says of one call whose client says ok. */
function verdictOn(...tries: readonly EntryParts[]) {
  const entries = tries
    .toSorted((a, b) => (a.t_headers ?? 0) - (b.t_headers ?? 0))
    .map((part, at) => journalEntry({ seq: at + 1, logicalId: 'call-1', certainty: 'exact', ...part }));
  const outcomes = [{ call: 'call-1', ok: true }];
  const around = { watchedUntil: 2_000, clientEndedAt: 1_000, together: true, outcomes } as const;
  const { findings } = judge(entries, around, policyOf(), { name: 't', seed: 1, rules: [] });
  return findings.find(({ rule }) => rule === 'stream_error_surfaced')?.verdict;
}

const refused: EntryParts = { session: 'primary', status: 503, t_headers: 100 };

test.each([50, 150])(
  'an answer that is whole, %s ms after the start, is what the client of a hedged request says ok of',
  (t_headers) => {
    expect(verdictOn(refused, { session: 'backup', status: 200, t_headers })).not.toBe('fail');
  },
);

test('a client that says ok of two errors is told of', () => {
  expect(verdictOn(refused, { ...refused, session: 'backup', t_headers: 150 })).toBe('fail');
});
