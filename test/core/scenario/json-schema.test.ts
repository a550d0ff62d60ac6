import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { backoffRules } from '../../../src/core/backoff/registry.ts';
import { faults } from '../../../src/core/faults/registry.ts';
import { policyJsonSchema, scenarioJsonSchema } from '../../../src/core/scenario/json-schema.ts';

const folder = new URL('../../../scenarios/', import.meta.url);
const validate = new Ajv2020({ strict: false }).compile(scenarioJsonSchema());

test.each([
  ['scenario.schema.json', scenarioJsonSchema()],
  ['policy.schema.json', policyJsonSchema()],
])('the checked-in %s is the generated one (npm run schema)', async (file, schema) => {
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(fileURLToPath(new URL(file, folder)));
});

test('the rule ids that a policy knows are those of the registry (npm run schema)', async () => {
  const header =
    '// Generated from src/core/backoff/registry.ts by `npm run schema`: policies name rules, and know nothing of how they judge.';
  const doc = '/** The ids of all rules of good retrying, in the order of their catalogue. */';
  const lines = backoffRules.map(({ id }) => `  '${id}',\n`).join('');
  const module = `${header}\n\n${doc}\nexport const ruleIds: readonly string[] = [\n${lines}];\n`;
  await expect(module).toMatchFileSnapshot(fileURLToPath(new URL('../src/core/policy/rule-ids.ts', folder)));
});

test('the JSON Schema of policies takes what the parser takes, and refuses what is none', () => {
  const isPolicy = new Ajv2020({ strict: false }).compile(policyJsonSchema());
  const levels = Object.fromEntries(backoffRules.map(({ id }) => [id, 'warn']));
  expect(isPolicy({ $schema: './policy.schema.json', preset: 'strict-sre', max_delay: '30s', rules: levels })).toBe(true);
  expect(isPolicy({ rules: { has_jiter: 'off' } })).toBe(false);
  expect(isPolicy({ max_delay: 30 })).toBe(false);
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
