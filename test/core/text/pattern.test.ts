import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compilePattern, globMatches, regexParts } from '../../../src/core/text/pattern.ts';
import { libraries } from '../../../src/libraries.ts';
import { stopwatch } from '../../support/cpu-time.ts';

test.each([
  ['gpt-4o*', 'gpt-4o-mini', true],
  ['gpt-4o*', 'gpt-4', false],
  ['*', '', true],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['*weather*', 'the weather today', true],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'a-b-b-d', false],
])('glob %s fits %s: %s', (glob, text, fits) => {
  expect(globMatches(glob, text)).toBe(fits);
});

test('a glob without wildcards is the text itself', () => {
  fc.assert(
    fc.property(
      fc.string().filter((text) => !/[*?]/.test(text) && regexParts(text) === undefined),
      fc.string(),
      (glob, text) => {
        expect(compilePattern(glob, libraries)(text)).toBe(glob === text);
      },
    ),
  );
});

test('a glob agrees with the regular expression it stands for', () => {
  const letters = fc.string({
    unit: fc.constantFrom('a', 'b', '*', '?'),
    maxLength: 8,
  });
  fc.assert(
    fc.property(letters, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 }), (glob, text) => {
      const regex = new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
      expect(globMatches(glob, text)).toBe(regex.test(text));
    }),
  );
});

test('between slashes stands a regular expression, found anywhere', () => {
  expect(compilePattern('/weather/i', libraries)('The WEATHER')).toBe(true);
  expect(compilePattern('/^weather/', libraries)('The weather')).toBe(false);
});

test('a path is not taken for a regular expression', () => {
  expect(regexParts('/v1/chat/completions')).toBeUndefined();
  expect(compilePattern('/v1/chat/*', libraries)('/v1/chat/completions')).toBe(true);
});

test('catastrophic expressions and globs take linear time', () => {
  const text = `${'a'.repeat(50_000)}!`;
  const cpuMs = stopwatch();
  expect(compilePattern('/(a+)+$/', libraries)(text)).toBe(false);
  expect(compilePattern('/(a|aa)*b/', libraries)(text)).toBe(false);
  expect(globMatches('*a*a*a*a*a*a*b', text)).toBe(false);
  // Backtracking would need longer than the universe has; one second is the promise.
  expect(cpuMs()).toBeLessThan(1_000);
});
