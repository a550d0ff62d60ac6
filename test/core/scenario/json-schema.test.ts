import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { faults } from '../../../src/core/faults/registry.ts';
import { scenarioJsonSchema } from '../../../src/core/scenario/json-schema.ts';

const folder = new URL('../../../scenarios/', import.meta.url);
const validate = new Ajv2020({ strict: false }).compile(scenarioJsonSchema());

test('the checked-in JSON Schema is the generated one (npm run schema)', async () => {
  const text = `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot(fileURLToPath(new URL('scenario.schema.json', folder)));
});

test.each(readdirSync(folder).filter((file) => file.endsWith('.yaml')))('%s satisfies the JSON Schema', (file) => {
  validate(parse(readFileSync(new URL(file, folder), 'utf8')));
  expect(validate.errors ?? []).toEqual([]);
});

test('the JSON Schema knows every fault, and refuses what is none', () => {
  for (const { name } of faults) expect(validate({ rules: [{ fault: name }, { fault: { [name]: null } }] }), name).toBe(true);
  expect(validate({ rules: [{ fault: 'latncy' }] })).toBe(false);
  expect(validate({ rules: [{ fault: { rate_limit: { retry_afer: '2s' } } }] })).toBe(false);
});
