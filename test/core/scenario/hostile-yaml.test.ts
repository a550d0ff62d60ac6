import { expect, test } from 'vitest';
import { parseScenario } from '../../../src/core/scenario/parse.ts';
import { libraries } from '../../../src/libraries.ts';
import { stopwatch } from '../../support/cpu-time.ts';

const KIB_250 = 250 * 1024;
const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
for (let i = 1; i < 12; i++) {
  const [name, before] = [String.fromCharCode(97 + i), String.fromCharCode(96 + i)];
  bomb.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`);
}

const rules = (text: string, count: number) => `rules:\n${`${text}\n`.repeat(count)}`;

test.each([
  ['commas', `[${','.repeat(KIB_250)}`],
  ['commas in brackets', `a: [${','.repeat(KIB_250)}]`],
  ['braces', '{}'.repeat(KIB_250 / 2)],
  ['anchors', '&a '.repeat(KIB_250 / 3)],
  ['tags of a value', `a: ${'!t '.repeat(KIB_250 / 3 - 1)}`],
  ['directives', '%A b\n'.repeat(KIB_250 / 5)],
  ['rules that do nothing', rules('- {fault: ok}', 18_000)],
  ['wrong rules', rules('- {falt: ok}', 18_000)],
  ['wrong faults', rules('- fault: okk', 9_900)],
  ['wrong keys', rules('- falt: ok', 9_900)],
  ['keys that are nearly too many', Array.from({ length: 9_900 }, (_, i) => `k${i}: 1`).join('\n')],
  ['an empty block of text', `a: |\n${'\n'.repeat(KIB_250 - 10)}`],
  ['empty lines', '\n'.repeat(KIB_250)],
  ['comments', '#\n'.repeat(KIB_250 / 2)],
  ['dashes', '- - - - - -\n'.repeat(KIB_250 / 12)],
  ['limits for many models', `limits:\n${Array.from({ length: 4_900 }, (_, i) => ` "m${i}*": {rpm: 1}`).join('\n')}`],
])('a text of %s is read, or refused, within a second', (_what, text) => {
  const cpuMs = stopwatch();
  const { problems = [] } = parseScenario({ file: 'hostile.yaml', text }, libraries);
  expect(cpuMs()).toBeLessThan(1_000);
  for (const { message } of problems) expect(message).not.toMatch(/stack|internal/i);
});

test.each([
  ['an alias bomb', bomb.join('\n')],
  ['an alias to itself', 'rules: &a [*a]'],
  ['ten megabytes', `name: ${'x'.repeat(10 * 1024 * 1024)}`],
  ['deep flow nesting', '['.repeat(KIB_250)],
  ['deep block nesting', Array.from({ length: 700 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ['deep compact nesting', '- '.repeat(KIB_250 / 2)],
  ['many keys', Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join('\n')],
  ['the same key again and again', 'a: 1\n'.repeat(50_000)],
  ['many errors', 'a: b: c\n'.repeat(30_000)],
  ['many quotes', '"'.repeat(KIB_250)],
  ['many tags', '!!x '.repeat(KIB_250 / 4)],
  [
    'a catastrophic regular expression too long to compile',
    `rules: [ { match: { prompt: "/${'(a*)*'.repeat(5_000)}/" }, fault: ok } ]`,
  ],
  ['a repetition of repetitions', 'rules: [ { match: { prompt: "/((a{1000}){1000}){1000}/" }, fault: ok } ]'],
  ['control characters', 'name: "\u0000\u0001"\n\u0000'],
])('%s ends in a message within a second', (_what, text) => {
  const cpuMs = stopwatch();
  const { problems = [] } = parseScenario({ file: 'hostile.yaml', text }, libraries);
  expect(problems.length).toBeGreaterThan(0);
  expect(problems.length).toBeLessThanOrEqual(1_001);
  for (const { message } of problems) expect(message.length).toBeLessThan(500);
  // Processor time, so that other work on the machine does not count; the promise of one second is for one with nothing else to do.
  expect(cpuMs()).toBeLessThan(2_000);
});
