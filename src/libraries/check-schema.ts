import type { ValidateFunction } from 'ajv';
import type { SchemaViolation } from '../core/libraries.ts';
import { lazily } from './load.ts';

const ajv = lazily<typeof import('ajv')>('ajv');

const DRAFT_07 = 'http://json-schema.org/draft-07/schema';

let validate: ValidateFunction | undefined;

/**
 * What the draft-07 meta-schema has against a schema: the draft that is generous to keywords of the others. Formats, such
 * as that of a `pattern`, are not looked at.
 */
export function checkSchema(schema: unknown): SchemaViolation | undefined {
  validate ??= metaSchema();
  if (validate(schema)) return undefined;
  // The last error is the outermost: an `anyOf` comes after its alternatives.
  const error = validate.errors?.at(-1);
  return { keyword: error?.keyword ?? '', value: error?.data, expected: error?.schema };
}

function metaSchema(): ValidateFunction {
  const { Ajv } = ajv();
  const found = new Ajv({ verbose: true, validateFormats: false, logger: false }).getSchema(DRAFT_07);
  if (found === undefined) throw new Error('ajv has no draft-07 meta-schema');
  return found;
}
