import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderTerminal } from '../../../src/core/report/terminal.ts';
import { columns, wrap } from '../../../src/core/report/wrap.ts';
import { hostileRun, naiveRun, RUNS, reportInput } from '../../support/runs.ts';

const runs = Object.entries(RUNS);
const reset = String.raw`\u001b\[\d+m`;

test('the headline comes first, then what speaks against the client with its evidence and advice', () => {
  const text = renderTerminal(naiveRun());
  expect(text).toMatch(/^FAIL {2}the client breaks 1 rule: never_early\n\nFAIL {2}never_early \(critical\)/);
  expect(text.replace(/\s+/g, ' ')).toContain(
    'evidence attempt 1: 429 Retry-After 30 → attempt 2 after 2.004 s, 27.996 s early in call naive, and 1 more like it',
  );
  expect(text).toContain('advice    sleep for the whole Retry-After');
  expect(text).toContain('1 part of the scenario never struck\n  never met\n');
  expect(text).toContain('\namplification  ×2.5\n');
});

test('a run without requests is told in a few lines', () => {
  expect(renderTerminal(reportInput([]))).toMatch(/^INCONCLUSIVE {2}not exercised: no request reached the mock\n/);
});

test.each(runs)('%s fits the width', (_name, run) => {
  for (const width of [40, 80, 120]) {
    const lines = renderTerminal(run(), { width }).split('\n');
    expect(lines.filter((line) => columns(line) > width)).toEqual([]);
  }
});

test.each(runs)('%s brings no control characters of its own', (_name, run) => {
  expect(renderTerminal(run())).not.toMatch(/[^\P{C}\n]/u);
  expect(renderTerminal(run(), { color: true }).replace(new RegExp(reset, 'g'), '')).toBe(renderTerminal(run()));
});

test('an escape sequence of a client is spelt out', () => {
  expect(renderTerminal(hostileRun())).toContain(String.raw`\u{1b}[31mred\u{0}\u{9b}\u{202e}`);
});

test('colours are used only when they are asked for', () => {
  expect(renderTerminal(naiveRun())).not.toContain('\u001b');
  expect(renderTerminal(naiveRun(), { color: true })).toContain('\u001b[1m\u001b[31mFAIL\u001b[39m\u001b[22m');
});

const words = fc.string({ unit: 'grapheme', maxLength: 200 }).map((text) => text.replace(/\p{C}/gu, ''));

test('a space that is none to break at is kept', () => {
  expect(wrap('\u2003', 2)).toEqual(['\u2003']);
});

test('wrapped lines fit, and lose nothing but spaces', () => {
  fc.assert(
    fc.property(words, fc.integer({ min: 2, max: 90 }), (text, width) => {
      const lines = wrap(text, width);
      expect(lines.filter((line) => columns(line) > width)).toEqual([]);
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
    }),
  );
});

test.each([
  ['abc', 3],
  ['日本', 4],
  ['🧿', 2],
  ['👩‍👩‍👧', 2],
  ['é', 1],
  ['→', 1],
])('%s fills %i columns', (text, filled) => {
  expect(columns(text)).toBe(filled);
});
