import fc from 'fast-check';
import { expect, test } from 'vitest';
import { earlyBy, retryHint } from '../../../../src/core/backoff/history/retry-hint.ts';
import { hintOf } from '../../../../src/exchange/hint.ts';
import { journalEntry } from '../../../support/journal-entry.ts';
import { TEST_WALL_MS } from '../../../support/reply-context.ts';

/** What an answer with these headers asks for. */
function asked(headers: Readonly<Record<string, string>>, sentAt = 1_000) {
  const hint = hintOf({ headers: Object.entries(headers) }, sentAt, { wall: () => TEST_WALL_MS });
  return retryHint(journalEntry({ status: 429, t_headers: sentAt - 1, t_firstByteBefore: sentAt, hint }));
}

test.each([
  [{ 'retry-after': '2' }, 'seconds', 2_000],
  [{ 'retry-after': '0' }, 'zero', 0],
  [{ 'retry-after': '198300' }, 'seconds', 198_300_000],
  [{ 'retry-after': '1.5' }, 'insane', null],
  [{ 'retry-after': '1e3' }, 'insane', null],
  [{ 'retry-after': '-5' }, 'insane', null],
  [{ 'retry-after': 'soon' }, 'insane', null],
  [{ 'retry-after': '' }, 'insane', null],
  [{ 'retry-after': 'nan' }, 'insane', null],
  [{ 'retry-after': '3000000' }, 'insane', null],
  [{ 'retry-after': 'Fri, 10 Jul 2026 18:54:15 GMT' }, 'date', 3_000],
  [{ 'retry-after': 'Friday, 10-Jul-26 18:54:15 GMT' }, 'obsolete_date', 3_000],
  [{ 'retry-after': 'Fri Jul 10 18:54:15 2026' }, 'obsolete_date', 3_000],
  [{ 'retry-after': 'Fri, 10 Jul 2026 18:54:10 GMT' }, 'insane', null],
  [{ 'retry-after-ms': '700' }, 'ms', 700],
  [{ 'retry-after-ms': '-700' }, 'insane', null],
  [{ 'retry-after-ms': '0' }, 'zero', 0],
  [{ 'retry-after-ms': '700', 'retry-after': '3' }, 'ms', 700],
  [{ 'retry-after-ms': '5000', 'retry-after': '3' }, 'ms', 3_000],
  [{ 'retry-after-ms': 'soon', 'retry-after': '3' }, 'seconds', 3_000],
])('%o asks for %s, %s ms', (headers, kind, waitMs) => {
  expect(asked(headers as Record<string, string>)).toMatchObject({ kind, waitMs });
});

test('a wait is as long as the header says, whenever the answer is sent', () => {
  const sent = fc.integer({ min: 0, max: 60_000_000_000 }).map((ns) => ns / 1e6);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3_600 }), sent, (seconds, sentAt) => {
      expect(asked({ 'retry-after': String(seconds) }, sentAt)?.waitMs).toBe(seconds * 1_000);
    }),
  );
});

test('no hint asks for nothing', () => {
  expect(asked({})).toBeUndefined();
});

test('who waits as long as told is never early, whatever the hint', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000_000 }), fc.double({ min: 0, max: 1e6, noNaN: true }), (hint, longer) => {
      const wait = asked({ 'retry-after': String(hint) });
      expect(wait && earlyBy(wait, 1_000 + hint * 1_000 + longer)).toBe(0);
    }),
  );
});

test('who comes earlier than the tolerance of 5 ms + 0.1 % is early by the whole difference', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (hint, share) => {
      const wait = asked({ 'retry-after': String(hint) });
      const toleranceMs = 5 + hint;
      const earlyMs = toleranceMs + 0.001 + share * (hint * 1_000 - toleranceMs);
      expect(wait && earlyBy(wait, 1_000 + hint * 1_000 - earlyMs)).toBeCloseTo(earlyMs, 3);
    }),
  );
});

test('a date forgives one second', () => {
  const wait = asked({ 'retry-after': 'Fri, 10 Jul 2026 18:54:15 GMT' });
  expect([3_000, 3_001, 2_900].map((at) => wait && earlyBy(wait, at))).toEqual([0, 0, 1_100]);
});
