import { expect, test } from 'vitest';
import { asWatched } from '../../../../src/core/backoff/history/as-watched.ts';
import { journalEntry } from '../../../support/journal-entry.ts';

const answered = journalEntry({ seq: 1, t_headers: 1_000, t_end: 1_100 });
const left = journalEntry({ seq: 2, t_headers: 2_000, t_clientClose: 9_000, t_end: 9_000, closedBy: 'client', closedHow: 'fin' });
const open = { t_end: null, t_clientClose: null, closedBy: null, closedHow: null };

test('a journal that was watched to its end is as it is', () => {
  expect(asWatched([answered, left], {})).toEqual([answered, left]);
  expect(asWatched([answered, left], { watchedUntil: 9_000 })).toEqual([answered, left]);
});

test('what came after the end of the watch is left out, what ended after it is open', () => {
  expect(asWatched([answered, left], { watchedUntil: 8_999 })).toEqual([answered, { ...left, ...open }]);
  expect(asWatched([answered, left], { watchedUntil: 1_999 })).toEqual([answered]);
});

test('what a client left as it was killed is open, what it left well before is not', () => {
  const entries = [answered, left];
  for (const killedAt of [8_990, 9_000, 9_249])
    expect(asWatched(entries, { killedAt })).toEqual([answered, { ...left, ...open }]);
  expect(asWatched(entries, { killedAt: 9_250 })).toEqual(entries);
});

test('an answer that was complete before a client was killed stays a success', () => {
  expect(asWatched([answered], { killedAt: 1_100 })).toEqual([answered]);
});
