import { badRequest } from '../openai/dialects/azure/azure-errors.ts';
import { definePlainErrorFault } from './error-fault.ts';

export const unsupportedApiVersion = definePlainErrorFault({
  name: 'unsupported_api_version',
  summary: 'of Azure: the version of the API is not known',
  status: 400,
  layer: 'gateway',
  dialects: ['azure'],
  errorCodes: ['BadRequest'],
  source: 'https://github.com/hotovo/aider-desk/issues/460',
  error: () => badRequest('API version not supported'),
});
