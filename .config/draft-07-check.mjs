/*
 * The check of a JSON Schema against the meta-schema of draft 07, as code: to have it generated at run time takes a sixth of a start.
 */
import { join } from 'node:path';
import { Ajv } from 'ajv';
import draft07 from 'ajv/dist/refs/json-schema-draft-07.json' with { type: 'json' };
import standalone from 'ajv/dist/standalone/index.js';

export const DRAFT_07_CHECK = 'draft-07-check';

/** Where no file is: the code is a part of ajv, and has its licence. */
const PLACE = join(import.meta.dirname, '../node_modules/ajv/draft-07-check.js');

/** Gives a module of that name. */
export const draft07Check = {
  name: DRAFT_07_CHECK,
  resolveId: (id) => (id === DRAFT_07_CHECK ? PLACE : null),
  load: (id) => (id === PLACE ? { code: generated(), moduleType: 'js' } : null),
};

function generated() {
  const options = { meta: false, validateSchema: false, validateFormats: false, verbose: true, strict: false, logger: false };
  const ajv = new Ajv({ ...options, code: { source: true } });
  return standalone.default(ajv, ajv.compile(withoutUniqueItems(draft07)));
}

/** That items are unique takes quadratic time to find out, which is minutes for the `enum` of a hostile schema. */
function withoutUniqueItems(schema) {
  return JSON.parse(JSON.stringify(schema), (key, value) => (key === 'uniqueItems' && value === true ? undefined : value));
}
