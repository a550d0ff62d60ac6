import { expect, test } from 'vitest';
import { atOnce } from '../../src/core/at-once.ts';
import type { JournalEntry } from '../../src/core/journal/entry.ts';
import { entriesToJudge } from '../../src/session/entries-to-judge.ts';
import type { Session } from '../../src/session/session.ts';
import { journalEntry } from '../support/journal-entry.ts';

/** A session with these entries, that counts the bodies that it parses. */
function sessionOf(entries: readonly Partial<JournalEntry>[]) {
  const parsed: number[] = [];
  function* read(since: number, parsesBodies = true): Generator<JournalEntry> {
    for (const [at, fields] of entries.entries()) {
      if (at < since) continue;
      const entry = journalEntry({ ...fields, session: 'default', seq: at + 1 });
      if (parsesBodies) parsed.push(entry.seq);
      yield { ...entry, bodyShaCanonical: parsesBodies ? `canonical ${entry.bodySha256}` : null };
    }
  }
  return { parsed, session: { id: 'default', entries: read } as unknown as Session };
}

const ENTRIES = [
  { logicalId: 'one', bodySha256: 'a', headers: {} },
  { logicalId: 'two', bodySha256: 'b', headers: {} },
  { logicalId: 'one', bodySha256: 'a', headers: {} },
  { logicalId: 'two', bodySha256: 'c', headers: {} },
  { logicalId: 'three', bodySha256: 'd', headers: { 'idempotency-key': 'k' } },
  { logicalId: 'four', bodySha256: 'e', headers: { 'idempotency-key': 'k' } },
  { logicalId: 'five', bodySha256: 'f', headers: {} },
] as const;

test('bodies are parsed where one call or one idempotency key has several', () => {
  const { session, parsed } = sessionOf(ENTRIES);
  const read = atOnce(entriesToJudge([session], undefined));
  expect(read.map(({ bodyShaCanonical }) => bodyShaCanonical)).toEqual([
    null,
    'canonical b',
    null,
    'canonical c',
    'canonical d',
    'canonical e',
    null,
  ]);
  expect(parsed).toEqual([2, 4, 5, 6]);
});

test('all are parsed where the program declares its calls', () => {
  const { session, parsed } = sessionOf(ENTRIES);
  const read = atOnce(entriesToJudge([session], 'unique'));
  expect(read.every(({ bodyShaCanonical }) => bodyShaCanonical !== null)).toBe(true);
  expect(parsed).toEqual([1, 2, 3, 4, 5, 6, 7]);
});
