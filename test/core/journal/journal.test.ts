import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Journal } from '../../../src/core/journal/journal.ts';

interface Kept {
  readonly seq: number;
  over: boolean;
}

/** An archive that keeps everything as it is, or as it was put. */
class Shelf {
  readonly #kept = new Map<number, Kept>();

  hold(entry: Kept): void {
    this.#kept.set(entry.seq, entry);
  }

  put(entry: Kept): void {
    this.#kept.set(entry.seq, { ...entry });
  }

  get(seq: number): Kept | undefined {
    return this.#kept.get(seq);
  }

  dropBefore(seq: number): void {
    for (const kept of this.#kept.keys()) if (kept < seq) this.#kept.delete(kept);
  }
}

const newJournal = (entries: number) => new Journal<Kept>({ entries, bodyBytes: 1_000 }, new Shelf());

test('keeps the newest entries, in order, whether they are over or not', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.nat(60),
      fc.nat(60),
      fc.func(fc.boolean()),
      (entries, written, since, isOver) => {
        const journal = newJournal(entries);
        const records: Kept[] = [];
        for (let seq = 1; seq <= written; seq++) {
          const record = { seq, over: false };
          journal.append(record);
          records.push(record);
        }
        for (const record of records.toReversed()) {
          if (!isOver(record.seq)) continue;
          record.over = true;
          journal.close(record);
        }
        const kept = records.slice(-entries).filter(({ seq }) => seq > since);
        expect([...journal.since(since)]).toEqual(kept);
        expect(journal.dropped).toBe(Math.max(0, written - entries));
      },
    ),
  );
});

test('does not take back what fell out before it was over', () => {
  const journal = newJournal(2);
  const first = { seq: 1, over: false };
  journal.append(first);
  for (const seq of [2, 3]) journal.append({ seq, over: false });
  journal.close(first);
  expect([...journal.since(0)].map(({ seq }) => seq)).toEqual([2, 3]);
});

test('goes on counting after it is cleared', () => {
  const journal = newJournal(3);
  for (let seq = 1; seq <= 5; seq++) journal.append({ seq, over: false });
  journal.clear();
  expect([...journal.since(0)]).toEqual([]);
  journal.append({ seq: journal.nextSeq, over: false });
  expect([...journal.since(0)].map(({ seq }) => seq)).toEqual([6]);
  expect(journal.dropped).toBe(0);
});
