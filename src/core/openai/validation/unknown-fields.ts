import type { ErrorAnswer } from '../errors/error.ts';
import { unknownParameter, unrecognizedArguments } from '../errors/errors.ts';
import { ownRule } from './checker.ts';
import { namesMeant } from './did-you-mean.ts';
import { type LetThrough, UNKNOWN } from './let-through.ts';
import type { ObjectRule } from './rule.ts';
import type { Fields } from './terms.ts';

/** How an endpoint looks for unknown fields. */
interface UnknownFieldsTerms {
  /** Takes note of them. Without it, they are refused. */
  readonly letThrough?: LetThrough | undefined;
  /** Fields that the endpoint knows, and the model does not. */
  isStrange?(name: string): boolean;
}

/**
 * The fields that an endpoint does not know, all of them at once (wire.md 400-18: captured of chat; the older endpoints
 * behind the same gateway are taken to say the same).
 */
export function unknownFieldsError(
  fields: Fields,
  rules: ObjectRule,
  { letThrough, isStrange = () => false }: UnknownFieldsTerms,
): ErrorAnswer | undefined {
  let unknown: string[] | undefined;
  for (const name of Object.keys(fields)) {
    if (ownRule(rules.fields, name) === undefined || isStrange(name)) (unknown ??= []).push(name);
  }
  if (unknown === undefined) return undefined;
  if (letThrough === undefined) return unrecognizedArguments(unknown);
  for (const name of unknown) letThrough.note([name], UNKNOWN);
  return undefined;
}

/**
 * The first of these fields that is unknown, in the order of the request, with what may have been meant by it: measured of
 * Responses, and of chat completions to newer models (wire-responses.md 5.2, 6.1). `known` are the names that may be meant.
 */
export function unknownFieldError(
  fields: Fields,
  isKnown: (name: string) => boolean,
  { known, letThrough }: { readonly known: readonly string[]; readonly letThrough?: LetThrough | undefined },
): ErrorAnswer | undefined {
  const unknown = Object.keys(fields).find((name) => !isKnown(name));
  if (unknown === undefined) return undefined;
  if (letThrough !== undefined) {
    for (const name of Object.keys(fields)) if (!isKnown(name)) letThrough.note([name], UNKNOWN);
    return undefined;
  }
  return unknownParameter(
    unknown,
    namesMeant(
      unknown,
      known.filter((name) => !Object.hasOwn(fields, name)),
    ),
  );
}
