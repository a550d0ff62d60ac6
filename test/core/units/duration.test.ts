import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration, MAX_DURATION, MAX_DURATION_MS, nearDuration, parseDuration } from '../../../src/core/units/duration.ts';

test.each([
  ['250ms', 250],
  ['2s', 2_000],
  ['1m30s', 90_000],
  ['1.5s', 1_500],
  ['1h', 3_600_000],
  ['0', 0],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test('the longest duration is written as it is', () => {
  expect(parseDuration(MAX_DURATION)).toBe(MAX_DURATION_MS);
});

test.each(['', '2', '-1s', 's', '2 s', '1e3ms', 'NaNs', '1..2s', '2S'])('"%s" is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test('what is printed reads back as the same duration', () => {
  fc.assert(
    fc.property(fc.nat({ max: 100_000_000 }), (ms) => {
      expect(parseDuration(formatDuration(ms))).toBeCloseTo(ms, 6);
    }),
  );
});

test.each([
  ['2 sec', '2s'],
  ['1min', '1m'],
  ['2 Seconds', '2s'],
  ['10 ms', '10ms'],
  ['1m 30s', '1m30s'],
  ['1 minute and 30 seconds', '1m30s'],
  ['300 milliseconds', '300ms'],
  [' 2s', '2s'],
  ['1m30', ''],
  ['-5s', ''],
  ['2 sek', ''],
])('%j is nearly a duration, and means %j', (text, meant) => {
  expect(nearDuration(text)).toBe(meant);
});

test.each([
  '2s',
  '2',
  '-5',
  '1e3',
  '0x10',
  'nan',
  'soon',
  '',
  'Wed, 21 Oct 2015 07:28:00 GMT',
  '21 Oct 2015 07:28:00',
  'in 2 s',
  '2; x',
])('%j is not nearly a duration', (text) => {
  expect(nearDuration(text)).toBeUndefined();
});
