import { expect, test } from 'vitest';
import { plural } from '../../../src/core/text/plural.ts';
import { RUNS } from '../../support/runs.ts';

test.each([
  [1, ['call'], '1 call'],
  [0, ['call'], '0 calls'],
  [2, ['retry'], '2 retries'],
  [2, ['process'], '2 processes'],
  [1, ['call was', 'calls were'], '1 call was'],
  [3, ['call was', 'calls were'], '3 calls were'],
] as const)('%d of %j is "%s"', (count, [one, many], text) => {
  expect(plural(count, one, many)).toBe(text);
});

test.each(Object.entries(RUNS))('no finding of the run "%s" counts one thing as several', (_name, run) => {
  const texts = run().verdict.findings.map(({ explain }) => explain);
  expect(texts.filter((text) => /\b1 [a-z ]*?(calls|attempts|retries|requests|streams|errors) /.test(text))).toEqual([]);
});
