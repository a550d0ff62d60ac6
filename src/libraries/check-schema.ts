import type { ValidateFunction } from 'ajv';
import type { SchemaViolation } from '../core/libraries.ts';
import { lazily } from './load.ts';

const check = lazily<ValidateFunction>('#libraries/draft-07-check');

/**
 * What the draft-07 meta-schema has against a schema: the draft that is generous to keywords of the others. Formats, such
 * as that of a `pattern`, are not looked at.
 */
export function checkSchema(schema: unknown): SchemaViolation | undefined {
  const validate = check();
  if (validate(schema)) return undefined;
  // The last error is the outermost: an `anyOf` comes after its alternatives.
  const error = validate.errors?.at(-1);
  return { keyword: error?.keyword ?? '', value: error?.data, expected: error?.schema };
}
