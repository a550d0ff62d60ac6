import type { ErrorAnswer } from './error.ts';
import { arrayTooLong, emptyArray, invalidType, missingParameter } from './errors.ts';
import { isTokens } from './inputs.ts';
import { nounOf } from './noun.ts';

/** The most inputs of one request (wire.md 5). */
const MAX_INPUTS = 2_048;

/** What is wrong with a text, a list of texts, token ids, or lists of them. What was expected is said in our own words. */
export function inputError(param: string, value: unknown): ErrorAnswer | undefined {
  if (value === undefined) return missingParameter(param);
  if (typeof value === 'string') return undefined;
  if (!Array.isArray(value)) return invalidType(param, 'one of a string or array', nounOf(value));
  const list: readonly unknown[] = value;
  if (list.length === 0) return emptyArray(param);
  if (isTokens(list)) return undefined;
  if (list.length > MAX_INPUTS) return arrayTooLong(param, { limit: MAX_INPUTS, found: list.length });
  const wrong = list.findIndex((entry) => !isEntry(entry));
  return wrong < 0 ? undefined : invalidType(`${param}[${wrong}]`, 'one of a string or array of integers', nounOf(list[wrong]));
}

function isEntry(value: unknown): boolean {
  return typeof value === 'string' || (Array.isArray(value) && value.length > 0 && isTokens(value));
}
