import { expect, test } from 'vitest';
import { historiesOf } from '../../../../src/core/backoff/history/history.ts';
import { type EntryParts, journalEntry } from '../../../support/journal-entry.ts';

const of = (...parts: readonly EntryParts[]) => historiesOf(parts.map((part, at) => journalEntry({ seq: at + 1, ...part })));
const gapsOf = (histories: ReturnType<typeof of>) => histories.map(({ gaps }) => gaps.map(({ gapMs }) => gapMs));

test('a gap counts from just before the first byte of an error', () => {
  const histories = of(
    { t_headers: 0, status: 429, t_firstByteBefore: 10, t_lastByte: 500, t_end: 500 },
    { t_headers: 1_010, status: 200 },
  );
  expect(gapsOf(histories)).toEqual([[1_000]]);
});

test('a gap after an answer that was cut counts from the cut', () => {
  const cut = {
    t_headers: 0,
    status: 200,
    stream: true,
    t_firstByteBefore: 10,
    t_end: 500,
    closedBy: 'server',
    closedHow: 'reset',
  } as const;
  const histories = of(cut, { t_headers: 1_500 });
  expect(gapsOf(histories)).toEqual([[1_000]]);
  expect(histories[0]?.tries.map(({ failure }) => failure)).toEqual(['content', undefined]);
});

test('a gap after a timeout counts from when the client left', () => {
  const left = {
    t_headers: 0,
    status: null,
    t_firstByteBefore: null,
    t_clientClose: 700,
    t_end: 700,
    closedBy: 'client',
  } as const;
  expect(gapsOf(of(left, { t_headers: 1_000 }))).toEqual([[300]]);
});

test('what follows a success is another logical request', () => {
  const histories = of({ t_headers: 0, status: 500 }, { t_headers: 100 }, { t_headers: 200 });
  expect(histories.map(({ tries }) => tries.length)).toEqual([2, 1]);
});

test('what goes on with another model is another logical request', () => {
  const histories = of({ t_headers: 0, status: 404, model: 'gpt-5' }, { t_headers: 100, model: 'gpt-4o' });
  expect(histories.map(({ tries }) => tries.length)).toEqual([1, 1]);
});

test('a broken answer of status 200 is no success', () => {
  const spoilt = { status: 200, faultApplied: { rule: 'r', faults: [{ name: 'stream_error', params: {} }] } } as const;
  expect(of({ t_headers: 0, ...spoilt }, { t_headers: 100 }).map(({ tries }) => tries.map(({ failure }) => failure))).toEqual([
    ['content', undefined],
  ]);
});

const deadPool = { status: null, t_firstByteBefore: null, closedBy: 'server', connId: 7, connReqSeq: 2, t_end: 1 } as const;

test.each([
  ['at once, on another connection, after a pooled one died', {}, {}, 1],
  ['5 ms later', {}, { t_headers: 6 }, 0],
  ['on the same connection', {}, { connId: 7 }, 0],
  ['after a fresh connection died', { connReqSeq: 1 }, {}, 0],
  ['after the head of an answer', { t_firstByteBefore: 0.5, status: 200 }, {}, 0],
  ['with another retry count', {}, { headers: { 'x-stainless-retry-count': '1' } }, 0],
] as const)('the same request %s: %i %i replays', (_when, before, after, replays) => {
  const histories = of({ t_headers: 0, ...deadPool, ...before }, { t_headers: 2, connId: 8, ...after });
  expect(histories[0]?.replays).toHaveLength(replays);
  expect(histories[0]?.tries).toHaveLength(2 - replays);
});

test('tries that overlap have no gap between them', () => {
  const histories = of({ t_headers: 0, status: 500, t_firstByteBefore: 100, t_end: 100 }, { t_headers: 50, status: 500 });
  expect(histories[0]).toMatchObject({ overlapping: true, gaps: [] });
});

test('a request that was not read to its end belongs to no call', () => {
  expect(historiesOf([{ ...journalEntry(), t_bodyEnd: null }])).toEqual([]);
});

/** Attempts without a mark of their own, on a connection each: `call, from ms, to ms, status`. */
const unmarked = (...attempts: [string, number, number, number][]) =>
  historiesOf(
    attempts.map(([logicalId, t_headers, t_end, status], index) =>
      journalEntry({
        seq: index + 1,
        logicalId,
        logicalIdFrom: attempts.findIndex(([id]) => id === logicalId) === index ? 'first' : 'fingerprint',
        certainty: 'likely',
        connId: index + 1,
        t_headers,
        t_firstByteBefore: t_end,
        t_end,
        status,
      }),
    ),
  ).map(({ id, certainty }) => [id, certainty]);

test('calls that say the same while another is open are ambiguous', () => {
  expect(unmarked(['#1', 0, 10, 429], ['#2', 5, 8, 200], ['#1', 20, 30, 200], ['#3', 40, 50, 200])).toEqual([
    ['#1', 'ambiguous'],
    ['#2', 'ambiguous'],
    ['#3', 'likely'],
  ]);
});

test('a retry at once, beside calls that say the same, is ambiguous', () => {
  expect(unmarked(['#1', 0, 5, 200], ['#2', 6, 10, 429], ['#2', 14, 16, 200])).toEqual([
    ['#1', 'likely'],
    ['#2', 'ambiguous'],
  ]);
  expect(unmarked(['#1', 0, 5, 200], ['#2', 6, 10, 429], ['#2', 514, 516, 200])).toEqual([
    ['#1', 'likely'],
    ['#2', 'likely'],
  ]);
  expect(unmarked(['#1', 0, 5, 200], ['#2', 1_006, 1_010, 429], ['#2', 1_014, 1_016, 200])).toEqual([
    ['#1', 'likely'],
    ['#2', 'likely'],
  ]);
});

/** Requests that say the same and are told to wait, by time and connection. */
const unnamed = (parts: readonly (readonly [at: number, connId: number, saying?: string])[]) =>
  of(
    ...parts.map(([t_headers, connId, bodySha256 = 'same'], at) => ({
      t_headers,
      connId,
      bodySha256,
      status: 429,
      logicalId: bodySha256,
      logicalIdFrom: at === 0 ? ('first' as const) : ('fingerprint' as const),
      certainty: 'likely' as const,
    })),
  )[0]?.certainty;

test.each([
  [
    'clients that take turns, each on a connection of its own',
    [
      [0, 1],
      [500, 2],
      [2_000, 1],
      [2_500, 2],
    ],
    'ambiguous',
  ],
  [
    'a client with one connection',
    [
      [0, 1],
      [500, 1],
      [2_000, 1],
    ],
    'likely',
  ],
  [
    'a client that opens a connection each time',
    [
      [0, 1],
      [500, 2],
      [2_000, 3],
    ],
    'likely',
  ],
  [
    'a client that stays with its second connection',
    [
      [0, 1],
      [500, 2],
      [2_000, 2],
    ],
    'likely',
  ],
  [
    'a client with a pool that other calls use',
    [
      [0, 1],
      [500, 2],
      [2_000, 1],
      [2_100, 2, 'other'],
    ],
    'likely',
  ],
] as const)('how certain one call is: %s', (_who, parts, certainty) => {
  expect(unnamed(parts)).toBe(certainty);
});

/** How certain the first call is, of requests that are told to wait two seconds. */
const told = (times: readonly number[], more: (at: number) => EntryParts = () => ({})) =>
  of(
    ...times.map((t_headers, at) => ({
      t_headers,
      connId: at,
      status: 429,
      hint: { header: 'retry-after', raw: '2', dueAt: t_headers + 2_001 } as const,
      logicalIdFrom: at === 0 ? ('first' as const) : ('fingerprint' as const),
      certainty: 'likely' as const,
      ...more(at),
    })),
  )[0]?.certainty;

test.each([
  ['two that wait as they are told', [0, 300, 2_010, 2_320, 4_020, 4_330], 'ambiguous'],
  ['three', [0, 700, 1_500, 2_010, 2_720, 3_510], 'ambiguous'],
  ['one that comes early', [0, 300, 900, 1_800], 'likely'],
  ['one that comes early each second', [0, 1_003, 2_006, 3_009, 4_012, 5_015], 'likely'],
  ['one that comes early once', [0, 300, 2_310, 4_320], 'likely'],
  ['one that is told to wait, and does', [0, 2_010, 4_020, 6_030], 'likely'],
] as const)('connections of their own tell nothing of clients that say the same: %s', (_who, times, certainty) => {
  expect(told(times)).toBe(certainty);
});

test.each([
  ['one after the other', [0, 1, 2], 'exact'],
  ['in two layers', [0, 1, 0, 1], 'likely'],
  ['side by side', [0, 0, 1, 1], 'ambiguous'],
] as const)('retry counts under one request id, %s, tell one call from several', (_how, counts, certainty) => {
  const named = { logicalId: 'client-request-id:s', logicalIdFrom: 'client-request-id', certainty: 'exact' } as const;
  const times = counts.map((_, at) => at * 2_500);
  expect(told(times, (at) => ({ ...named, headers: { 'x-stainless-retry-count': String(counts[at]) } }))).toBe(certainty);
});

test('calls that come after failures of what says the same, each marked as a first try, are in doubt', () => {
  const first = (at: number) => ({
    logicalId: `#${at}`,
    logicalIdFrom: 'first' as const,
    certainty: 'exact' as const,
    headers: { 'x-stainless-retry-count': '0' },
  });
  expect(told([0, 400, 800], first)).toBe('ambiguous');
  expect(told([0, 400, 800], (at) => ({ ...first(at), status: 200, hint: null }))).toBe('exact');
  expect(told([0, 400, 800], (at) => ({ ...first(at), bodySha256: `b${at}` }))).toBe('exact');
});
