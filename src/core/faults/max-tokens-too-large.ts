import { maxTokensTooLarge as answer } from '../openai/errors/errors.ts';
import { fieldsOf } from '../openai/request/request.ts';
import { record, whole } from '../schema/fields.ts';
import { defineErrorFault } from './error-fault.ts';
import { errorShape } from './error-params.ts';

/** Completion tokens of gpt-4o, and by how much a request that names none is said to exceed them. */
const USUAL_LIMIT = 16_384;
const EXCESS = 4_096;

/**
 * The request asks for more completion tokens than the model gives. What it asks for is told as it is; where that is not
 * too much, the limit is told to be one token less.
 */
export const maxTokensTooLarge = defineErrorFault({
  name: 'max_tokens_too_large',
  summary: 'max_tokens is above what the model can give',
  status: 400,
  layer: 'api',
  errorCodes: ['invalid_value'],
  source: 'https://github.com/antinomyhq/forgecode/issues/1185',
  params: record({
    ...errorShape,
    limit: whole(1).optional().describe('completion tokens of the model; default 16384'),
  }).prefault({}),
  error({ limit }, { request }) {
    const { max_tokens: asked } = fieldsOf(request);
    const found = Number.isSafeInteger(asked) && Number(asked) > 1 ? Number(asked) : (limit ?? USUAL_LIMIT) + EXCESS;
    return answer({ limit: limit ?? Math.min(USUAL_LIMIT, found - 1), found });
  },
});
