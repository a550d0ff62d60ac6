import { requestTimeout as answer } from '../openai/errors/errors.ts';
import { definePlainErrorFault } from './error-fault.ts';

/** A status that SDKs retry; OpenAI has not been seen to send it. */
export const requestTimeout = definePlainErrorFault({
  name: 'request_timeout',
  summary: 'the request took too long to arrive',
  status: 408,
  layer: 'api',
  source: 'unverified',
  error: () => answer(),
});
