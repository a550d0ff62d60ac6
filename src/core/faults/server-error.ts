import { serverError as answer } from '../openai/errors/errors.ts';
import { definePlainErrorFault } from './error-fault.ts';

/** The usual 500. */
export const serverError = definePlainErrorFault({
  name: 'server_error',
  summary: 'the service failed; the body names the request id',
  status: 500,
  layer: 'api',
  errorCodes: ['server_error'],
  source: 'https://github.com/alexrudall/ruby-openai (recorded answers)',
  error: (_params, { requestId }) => answer(requestId),
});
