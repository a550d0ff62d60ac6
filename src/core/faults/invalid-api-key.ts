import { invalidApiKey as answer } from '../openai/errors/errors.ts';
import { definePlainErrorFault } from './error-fault.ts';

/** What is masked when the request had no key. */
const NO_KEY = `sk-mock${'0'.repeat(41)}`;

/** The key as sent, masked as OpenAI masks it. */
export const invalidApiKey = definePlainErrorFault({
  name: 'invalid_api_key',
  summary: 'the key is refused as incorrect',
  status: 401,
  layer: 'gateway',
  errorCodes: ['invalid_api_key'],
  source: 'https://github.com/DataDog/dd-trace-py (recorded answers)',
  error: (_params, { request }) => answer(request.key ?? NO_KEY),
});
