import { expect, test } from 'vitest';
import { excerptsOf } from '../../../src/core/report/excerpt.ts';

function excerptOf(text: string, line: number, column: number): string | undefined {
  return excerptsOf(text, [{ file: 'f', line, column, path: '', message: 'm' }])[0];
}

/** What stands above the caret. */
function pointedAt(excerpt = ''): string | undefined {
  const [line = '', caret = ''] = excerpt.split('\n');
  return line[caret.indexOf('^')];
}

test('shows the line, and a caret under the column', () => {
  expect(excerptOf('name: a\nlatency: { ttft: 300 }\n', 2, 18)).toBe('  latency: { ttft: 300 }\n                   ^');
});

test('of a long line a part is shown that has the place', () => {
  const text = `rules: [ ${'{ fault: ok }, '.repeat(1_000)}X, ${'{ fault: ok }, '.repeat(1_000)} ]`;
  const excerpt = excerptOf(text, 1, text.indexOf('X') + 1);
  expect(pointedAt(excerpt)).toBe('X');
  expect(excerpt?.split('\n')[0]?.length).toBeLessThan(110);
});

test('what would move the cursor is shown as a blank', () => {
  expect(excerptOf('a:\t\u001b[31m\u202eb', 1, 4)).toBe('  a:  [31m b\n     ^');
});

test.each([
  ['an API key of the scenario', 'auth: { keys: [hunter2] }, rulez: 1', 'hunter2'],
  ['a key in a wrong place', 'auth: hunter2\nrulez: 1', 'hunter2'],
  ['what looks like a key of OpenAI', 'rules: [ { match: { key: sk-proj-0123456789abcdef }, fault: x } ]', '0123456789abcdef'],
])('%s is starred, and columns stay', (_what, text, secret) => {
  const shown = text.split('\n').map((line, index) => excerptOf(text, index + 1, line.length));
  expect(shown.join('\n')).not.toContain(secret);
  expect(pointedAt(shown.at(-1))).toBe(text.at(-1));
});

test('a short key does not star what only contains it', () => {
  expect(excerptOf('auth: { keys: ["1"] }\nrules: [ { probability: 10 } ]', 2, 25)).toContain('probability: 10');
});

test('a problem without a place has none to show', () => {
  const place = { file: 'f', path: '', message: 'm' };
  expect(excerptsOf('a: 1', [place, { ...place, line: 9, column: 1 }, { ...place, line: 1, column: 99 }])).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
