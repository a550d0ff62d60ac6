import type { ErrorAnswer } from '../errors/error.ts';
import { unknownParameter, unrecognizedArguments } from '../errors/errors.ts';
import { ownRule } from './checker.ts';
import { namesMeant } from './did-you-mean.ts';
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

/**
 * The first of these fields that is unknown, in the order of the request, with what may have been meant by it: measured of
 * Responses, and of chat completions to newer models (wire-responses.md 5.2, 6.1). `known` are the names that may be meant.
 */
export function unknownFieldError(
  fields: Fields,
  isKnown: (name: string) => boolean,
  known: readonly string[],
): ErrorAnswer | undefined {
  const unknown = Object.keys(fields).find((name) => !isKnown(name));
  if (unknown === undefined) return undefined;
  return unknownParameter(
    unknown,
    namesMeant(
      unknown,
      known.filter((name) => !Object.hasOwn(fields, name)),
    ),
  );
}
