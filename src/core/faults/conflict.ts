import { conflict as answer } from '../openai/errors/errors.ts';
import { definePlainErrorFault } from './error-fault.ts';

/** A status that SDKs retry; OpenAI has not been seen to send it. */
export const conflict = definePlainErrorFault({
  name: 'conflict',
  summary: 'the request conflicts with another',
  status: 409,
  layer: 'api',
  errorCodes: ['conflict'],
  source: 'unverified',
  error: () => answer(),
});
