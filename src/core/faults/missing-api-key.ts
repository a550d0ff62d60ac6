import { missingApiKey as answer } from '../openai/errors/errors.ts';
import { definePlainErrorFault } from './error-fault.ts';

/** The key is taken as not sent, whatever was sent. */
export const missingApiKey = definePlainErrorFault({
  name: 'missing_api_key',
  summary: 'the request is refused for lack of a key',
  status: 401,
  layer: 'gateway',
  source: 'https://github.com/openai/openai-node/issues/73',
  error: () => answer(),
});
