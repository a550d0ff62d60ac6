import { expect, test } from 'vitest';
import { firstUnits } from '../../../src/core/text/first-units.ts';
import { shortened } from '../../../src/core/text/shortened.ts';

test.each([
  ['abcd', 4, 'abcd'],
  ['abcde', 4, 'abc…'],
  ['ab\u{1f600}cd', 4, 'ab…'],
  ['ab\u{1f600}cd', 5, 'ab\u{1f600}…'],
])('%j has %i units at most', (text, most, expected) => {
  expect(shortened(text, most)).toBe(expected);
});

test.each([
  ['\u{1f600}\u{1f600}', 0, ''],
  ['\u{1f600}\u{1f600}', 1, ''],
  ['\u{1f600}\u{1f600}', 3, '\u{1f600}'],
  ['\u{1f600}\u{1f600}', 4, '\u{1f600}\u{1f600}'],
])('of %j no character is cut in two: %i units', (text, length, expected) => {
  expect(firstUnits(text, length)).toBe(expected);
});
