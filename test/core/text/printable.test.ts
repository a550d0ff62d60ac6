import { expect, test } from 'vitest';
import { printable, printableLines } from '../../../src/core/text/printable.ts';

test.each([
  ['\u001b]52;c;aGVsbG8=\u0007', '\\u{1b}]52;c;aGVsbG8=\\u{7}'],
  ['gpt\n::error::injected', 'gpt\\u{a}::error::injected'],
  ['::add-mask::secret', '\\u{3a}:add-mask::secret'],
  ['a name ::stop-commands::x', 'a name \\u{3a}:stop-commands::x'],
  ['##[group]of lines', '\\u{23}#[group]of lines'],
  ['std::vector and ::1 and # [x]', 'std::vector and ::1 and # [x]'],
  ['plain, and Ünïcode 🎉', 'plain, and Ünïcode 🎉'],
])('%j is shown as %j', (text, shown) => {
  expect(printable(text)).toBe(shown);
});

test('lines stay lines', () => {
  expect(printableLines('first\n\u001b[2Jsecond\r\n')).toBe('first\n\\u{1b}[2Jsecond\\u{d}\n');
});
