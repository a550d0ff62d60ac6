import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { errorWords } from '../../../src/core/faults/error-words.ts';
import { parameterCodes } from '../../../src/core/openai/errors/parameter-codes.ts';

const OPENAI = fileURLToPath(new URL('../../../src/core/openai/errors/', import.meta.url));

/** Codes as they stand in the files of OpenAI's errors. */
function codesInSource(): string[] {
  const files = readdirSync(OPENAI).filter((file) => file.startsWith('errors-'));
  return files.flatMap((file) =>
    [...readFileSync(`${OPENAI}${file}`, 'utf8').matchAll(/\bcode(?::| =) '([a-z_]+)'/g)].map(([, code]) => code ?? ''),
  );
}

test('every code of the errors of OpenAI is known', () => {
  const codes = codesInSource();
  expect(codes.length).toBeGreaterThan(30);
  expect(codes.filter((code) => ![...errorWords, ...parameterCodes].includes(code))).toEqual([]);
});

test('each code is known once', () => {
  const words = [...errorWords, ...parameterCodes];
  expect(new Set(words).size).toBe(words.length);
});
