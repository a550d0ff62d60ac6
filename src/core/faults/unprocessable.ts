import { unprocessable as answer } from '../openai/errors/errors.ts';
import { definePlainErrorFault } from './error-fault.ts';

/** A status that SDKs have a class for; OpenAI has not been seen to send it. */
export const unprocessable = definePlainErrorFault({
  name: 'unprocessable',
  summary: 'the request is well formed and refused all the same',
  status: 422,
  layer: 'api',
  errorCodes: ['unprocessable_entity'],
  source: 'unverified',
  error: () => answer(),
});
