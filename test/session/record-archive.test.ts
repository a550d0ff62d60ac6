import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JournalRecord } from '../../src/exchange/record.ts';
import { RecordArchive } from '../../src/session/record-archive.ts';

const time = fc.double({ min: 0, max: 1e9, noNaN: true, noDefaultInfinity: true });
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const text = fc.string({ unit: 'binary', maxLength: 600 });
const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 64 });
const place = { session: 'default', run: 'r', scenario: 's', seed: 1 };

const recordOf = (seq: number): fc.Arbitrary<JournalRecord> =>
  fc.record({
    seq: fc.constant(seq),
    place: fc.constant(place),
    wallMs: fc.nat(),
    logicalId: text,
    logicalIdFrom: fc.constantFrom('path', 'fingerprint', 'first'),
    certainty: fc.constantFrom('exact', 'likely', 'ambiguous'),
    attemptSeq: fc.nat(),
    connId: fc.nat(),
    connReqSeq: fc.nat(),
    remotePort: orNull(fc.nat(65_535)),
    t_accept: time,
    t_headers: time,
    t_bodyEnd: orNull(time),
    t_firstByteBefore: orNull(time),
    t_lastByte: orNull(time),
    t_clientClose: orNull(time),
    t_end: orNull(time),
    closedBy: fc.constantFrom('client', 'server', null),
    closedHow: fc.constantFrom('fin', 'reset', null),
    bytesOut: fc.nat(),
    chunksOut: fc.nat(),
    eventsOut: fc.nat(),
    method: fc.constantFrom('GET', 'POST'),
    path: text,
    endpoint: fc.constantFrom('chat.completions', null),
    model: orNull(text),
    stream: fc.boolean(),
    bodyBytes: fc.nat(),
    bodyAt: fc.integer({ min: -1, max: 2 ** 40 }),
    bodySha256: hex,
    authorizationHash: orNull(text),
    headers: fc.array(orNull(text), { maxLength: 9 }),
    faultApplied: fc.constantFrom(null, { rule: 'r', faults: [] }),
    refusedBy: fc.constantFrom('api', null),
    queuedMs: orNull(time),
    status: orNull(fc.nat(599)),
    errorCode: fc.constantFrom('rate_limit_exceeded', 20, null),
    errorType: fc.constantFrom('requests', null),
    hint: fc.constantFrom(null, { header: 'retry-after', raw: '2', dueAt: 5 } as const),
    shouldRetry: fc.constantFrom('true', null),
    retryable: fc.boolean(),
    paceDueAt: orNull(time),
    xRequestId: hex.map((digits) => `req_${digits}`),
  });

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
