import { overloaded as answer } from '../openai/errors/errors.ts';
import { definePlainErrorFault } from './error-fault.ts';

/** The service has no capacity left. */
export const overloaded = definePlainErrorFault({
  name: 'overloaded',
  summary: 'the servers are overloaded',
  status: 503,
  layer: 'api',
  errorCodes: ['server_is_overloaded', 'service_unavailable_error'],
  source: 'https://github.com/sst/opencode/issues/25730',
  error: () => answer(),
});
