import type { ErrorAnswer } from '../errors/error.ts';
import { unrecognizedArguments } from '../errors/errors.ts';
import { ownRule } from './checker.ts';
import type { ObjectRule } from './rule.ts';
import type { Fields } from './terms.ts';

/**
 * The fields that an endpoint does not know, all of them at once (wire.md 400-18: captured of chat; the older endpoints
 * behind the same gateway are taken to say the same).
 */
export function unknownFieldsError(
  fields: Fields,
  rules: ObjectRule,
  isStrange: (name: string) => boolean = () => false,
): ErrorAnswer | undefined {
  let unknown: string[] | undefined;
  for (const name of Object.keys(fields)) {
    if (ownRule(rules.fields, name) === undefined || isStrange(name)) (unknown ??= []).push(name);
  }
  return unknown && unrecognizedArguments(unknown);
}
