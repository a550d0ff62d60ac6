import type { ValidateFunction } from 'ajv';
import type { SchemaViolation } from '../core/libraries.ts';
import { once } from '../core/memo/once.ts';
import { lazily } from './load.ts';

const ajv = lazily<typeof import('ajv')>('#libraries/ajv');

const draft07 = lazily<object>('#libraries/json-schema-draft-07');

/**
 * What the draft-07 meta-schema has against a schema: the draft that is generous to keywords of the others. Formats, such
 * as that of a `pattern`, are not looked at.
 */
export function checkSchema(schema: unknown): SchemaViolation | undefined {
  const validate = metaSchema();
  if (validate(schema)) return undefined;
  // The last error is the outermost: an `anyOf` comes after its alternatives.
  const error = validate.errors?.at(-1);
  return { keyword: error?.keyword ?? '', value: error?.data, expected: error?.schema };
}

const metaSchema = once((): ValidateFunction => {
  const { Ajv } = ajv();
  // That items are unique takes quadratic time to find out, which is minutes for the `enum` of a hostile schema.
  const meta = JSON.parse(JSON.stringify(draft07()), (key, value: unknown) =>
    key === 'uniqueItems' && value === true ? undefined : value,
  ) as object;
  const options = { meta: false, validateSchema: false, validateFormats: false, verbose: true, strict: false };
  return new Ajv({ ...options, logger: false }).compile(meta);
});
