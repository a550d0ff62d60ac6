import { dimensionsOf } from './embedding-vector.ts';
import type { ErrorAnswer } from './error.ts';
import { aboveMaximum, belowMinimum, invalidType, invalidValue, unsupportedParameter } from './errors.ts';
import { inputError } from './input-error.ts';
import { nounOf } from './noun.ts';
import { type ApiRequest, fieldsOf, modelOf } from './request.ts';

/** Of a model that is not known: our own bound. */
const MOST_DIMENSIONS = 8_192;

const FORMATS = ['float', 'base64'];

/** What is wrong with the parameters of an embeddings request (wire.md 5). */
export function embeddingsError(request: ApiRequest): ErrorAnswer | undefined {
  const { input, encoding_format: format, dimensions } = fieldsOf(request);
  const wrong = inputError('input', input);
  if (wrong !== undefined) return wrong;
  if (format !== undefined && !(typeof format === 'string' && FORMATS.includes(format))) {
    return typeof format === 'string'
      ? invalidValue('encoding_format', format, FORMATS)
      : invalidType('encoding_format', 'a string', nounOf(format));
  }
  return dimensions === undefined ? undefined : dimensionsError(dimensions, modelOf(request) ?? '');
}

/** Only the third generation has them; more than a model has is refused in the words of 400-11. */
function dimensionsError(dimensions: unknown, model: string): ErrorAnswer | undefined {
  if (!Number.isInteger(dimensions)) return invalidType('dimensions', 'an integer', nounOf(dimensions));
  const found = dimensions as number;
  if (found < 1) return belowMinimum('dimensions', 'integer', { limit: 1, found });
  if (model.startsWith('text-embedding-ada')) return unsupportedParameter('dimensions');
  const limit = model.startsWith('text-embedding-') ? dimensionsOf(model) : MOST_DIMENSIONS;
  return found > limit ? aboveMaximum('dimensions', 'integer', { limit, found }) : undefined;
}
