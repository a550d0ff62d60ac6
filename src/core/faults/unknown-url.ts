import { unknownUrl as answer } from '../openai/errors/errors.ts';
import { definePlainErrorFault } from './error-fault.ts';

/** The wording of 2023 for a path under /v1; whether OpenAI still uses it is not known. */
export const unknownUrl = definePlainErrorFault({
  name: 'unknown_url',
  summary: 'the URL is refused as unknown',
  status: 404,
  layer: 'gateway',
  errorCodes: ['unknown_url'],
  source: 'unverified',
  error: (_params, { request }) => answer(request.method, request.path),
});
