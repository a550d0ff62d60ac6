import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Journal } from '../../../src/core/journal/journal.ts';

const record = (seq: number, bytes = 0) => ({
  seq,
  body: bytes === 0 ? undefined : new Uint8Array(bytes),
});

test('keeps the newest entries, in order', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(60), fc.nat(60), (entries, written, since) => {
      const journal = new Journal({ entries, bodyBytes: 1_000 });
      for (let seq = 1; seq <= written; seq++) journal.append(record(seq));
      const all = Array.from({ length: written }, (_, i) => i + 1);
      expect(journal.since(since).map(({ seq }) => seq)).toEqual(all.slice(-entries).filter((seq) => seq > since));
      expect(journal.dropped).toBe(Math.max(0, written - entries));
    }),
  );
});

test('drops the bodies of the oldest entries above the bound on bytes, not the entries', () => {
  const journal = new Journal({ entries: 10, bodyBytes: 250 });
  for (let seq = 1; seq <= 5; seq++) journal.append(record(seq, 100));
  expect(journal.since(0).map(({ body }) => body?.length ?? 0)).toEqual([0, 0, 0, 100, 100]);
});

test('goes on counting after it is cleared', () => {
  const journal = new Journal({ entries: 3, bodyBytes: 10 });
  for (let seq = 1; seq <= 5; seq++) journal.append(record(seq));
  journal.clear();
  expect(journal.since(0)).toEqual([]);
  journal.append(record(journal.nextSeq));
  expect(journal.since(0).map(({ seq }) => seq)).toEqual([6]);
  expect(journal.dropped).toBe(0);
});
