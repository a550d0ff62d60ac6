import type { ErrorAnswer } from './error.ts';
import { arrayTooLong, emptyArray, invalidType, missingParameter } from './errors.ts';
import { nounOf } from './noun.ts';
import { type ApiRequest, asRecord, fieldsOf } from './request.ts';

/** Our own bound: that of OpenAI is not known. */
const MAX_INPUTS = 2_048;

/** What is wrong with the input of a moderation: a text, texts, or content parts. */
export function moderationsError(request: ApiRequest): ErrorAnswer | undefined {
  const { input } = fieldsOf(request);
  if (input === undefined) return missingParameter('input');
  if (typeof input === 'string') return undefined;
  if (!Array.isArray(input)) return invalidType('input', 'one of a string or array', nounOf(input));
  if (input.length === 0) return emptyArray('input');
  if (input.length > MAX_INPUTS) return arrayTooLong('input', { limit: MAX_INPUTS, found: input.length });
  const wrong = input.findIndex((entry) => typeof entry !== 'string' && asRecord(entry) === undefined);
  return wrong < 0 ? undefined : invalidType(`input[${wrong}]`, 'one of a string or object', nounOf(input[wrong]));
}
