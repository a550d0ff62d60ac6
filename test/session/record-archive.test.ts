import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JournalRecord } from '../../src/exchange/record.ts';
import { type ColumnKind, RECORD_COLUMNS } from '../../src/exchange/record-columns.ts';
import { RecordArchive } from '../../src/session/record-archive.ts';
import { columns, compiledCodec, loopingCodec } from '../../src/session/record-codec.ts';
import { JOURNAL_RECORD } from '../support/journal-record.ts';

const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const text = fc.string({ unit: 'binary', maxLength: 600 });
const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 64 });
const place = { session: 'default', run: 'r', scenario: 's', seed: 1 };

/** Values that a column of a kind keeps. */
const VALUES: Readonly<Record<ColumnKind, fc.Arbitrary<unknown>>> = {
  number: orNull(fc.oneof(fc.double({ min: 0, max: 1e9, noNaN: true }), fc.integer({ min: -1, max: 2 ** 40 }))),
  shared: fc.constantFrom(null, true, 20, 'client', place, { rule: 'r', faults: [] }, { raw: '2', dueAt: 5 }),
  text,
  'plain text': hex.map((digits) => `req_${digits}`),
  'client text': orNull(fc.oneof(text, fc.array(orNull(text), { maxLength: 9 }))),
};

const recordOf = (seq: number): fc.Arbitrary<JournalRecord> =>
  fc
    .record(Object.fromEntries(Object.entries(RECORD_COLUMNS).map(([name, kind]) => [name, VALUES[kind]])))
    .map((fields) => ({ seq, ...fields }) as unknown as JournalRecord);

test('gives back records as they were put, in whatever order they ended', () => {
  fc.assert(
    fc.property(
      fc
        .uniqueArray(fc.integer({ min: 1, max: 1_000 }), { maxLength: 60 })
        .chain((numbers) => fc.tuple(...numbers.map((seq) => recordOf(seq)))),
      (records) => {
        const archive = new RecordArchive();
        for (const record of records) archive.put(record);
        for (const record of records) expect(archive.get(record.seq)).toEqual(record);
      },
    ),
  );
});

test('records of one client come back as they were put, however those of others lie between them', () => {
  const clients = fc.sample(recordOf(1), 3).map((record) => pick(record, columns.clientTexts));
  fc.assert(
    fc.property(fc.array(fc.nat(2), { maxLength: 60 }), (order) => {
      const archive = new RecordArchive();
      const records = order.map((client, at) => ({ ...JOURNAL_RECORD, ...clients[client], seq: at + 1 }));
      for (const record of records) archive.put(record);
      for (const record of records) expect(archive.get(record.seq)).toEqual(record);
    }),
    { numRuns: 50 },
  );
});

test('keeps every field of a record', () => {
  const archive = new RecordArchive();
  archive.put(JOURNAL_RECORD);
  expect(archive.get(JOURNAL_RECORD.seq)).toStrictEqual(JOURNAL_RECORD);
  expect(Object.keys(RECORD_COLUMNS).toSorted()).toEqual(
    Object.keys(JOURNAL_RECORD)
      .filter((name) => name !== 'seq')
      .toSorted(),
  );
});

test('gives back what it holds as it is, until it is put', () => {
  const [record] = fc.sample(recordOf(7), 1);
  if (record === undefined) throw new Error('no sample');
  const archive = new RecordArchive();
  archive.hold(record);
  expect(archive.get(7)).toBe(record);
  archive.put(record);
  expect(archive.get(7)).not.toBe(record);
  expect(archive.get(7)).toEqual(record);
  archive.hold({ ...record, seq: 8 });
  archive.dropBefore(9 + 16);
  expect(archive.get(8)).toBeUndefined();
});

test('has nothing of what was dropped, and uses its memory for what comes', () => {
  const [[first], [last]] = [fc.sample(recordOf(1), 1), fc.sample(recordOf(5_000), 1)];
  if (first === undefined || last === undefined) throw new Error('no sample');
  const archive = new RecordArchive();
  archive.put(first);
  archive.dropBefore(5_000);
  expect(archive.get(1)).toBeUndefined();
  archive.put(first);
  expect(archive.get(1)).toBeUndefined();
  archive.put(last);
  expect(archive.get(5_000)).toEqual(last);
  // In the place where the first one was.
  expect(archive.get(4_993)).toBeUndefined();
});

test.each([
  ['a program of its columns', compiledCodec()],
  ['a loop over its columns', loopingCodec],
])('%s writes a record and reads it', (_, codec) => {
  const client = columns.clientTexts.map((name) => JOURNAL_RECORD[name]);
  fc.assert(
    fc.property(recordOf(1), fc.nat(3), (record, slot) => {
      const store = {
        numbers: new Float64Array(4 * columns.numbers.length),
        shared: new Array<unknown>(4 * columns.shared.length),
      };
      const withTexts = { ...record, ...pick(JOURNAL_RECORD, columns.clientTexts) };
      codec.write(withTexts, store, slot);
      const own = JSON.parse(codec.printTexts(withTexts)) as unknown[];
      const read = codec.read(1, store, slot, { own, client });
      expect(read).toEqual(withTexts);
      expect(Object.keys(read)).toEqual(['seq', ...Object.keys(RECORD_COLUMNS)]);
      expect(codec.haveSameClient(read, JOURNAL_RECORD)).toBe(true);
      for (const name of columns.clientTexts)
        expect(codec.haveSameClient({ ...read, [name]: ['other'] }, JOURNAL_RECORD)).toBe(false);
    }),
    { numRuns: 50 },
  );
});

function pick<Name extends keyof JournalRecord>(record: JournalRecord, names: readonly Name[]): Pick<JournalRecord, Name> {
  return Object.fromEntries(names.map((name) => [name, record[name]])) as Pick<JournalRecord, Name>;
}
