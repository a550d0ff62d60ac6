import { apimError as answer } from '../openai/dialects/azure/azure-errors.ts';
import { record, whole } from '../schema/fields.ts';
import { defineErrorFault } from './error-fault.ts';
import { errorShape } from './error-params.ts';

/** What API Management says by itself, in front of Azure OpenAI or of anything else. */
export const apimError = defineErrorFault({
  name: 'apim_error',
  summary: 'of Azure: the gateway of API Management answers, with statusCode and message and without an error object',
  status: 404,
  layer: 'gateway',
  dialects: ['azure'],
  source: 'unverified',
  params: record({ ...errorShape, status: whole(400, 599).default(404) }).prefault({}),
  example: { status: 401, message: 'Access denied due to missing subscription key.' },
  error: ({ status }) => answer(status, status === 404 ? 'Resource not found' : `The request ended with HTTP status ${status}.`),
});
