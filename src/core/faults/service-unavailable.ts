import { serviceUnavailable as answer } from '../openai/errors/errors.ts';
import { definePlainErrorFault } from './error-fault.ts';

/** A body that is not JSON. */
export const serviceUnavailable = definePlainErrorFault({
  name: 'service_unavailable',
  summary: 'the proxy cannot reach the service, and says so in plain text',
  status: 503,
  layer: 'edge',
  source: 'https://github.com/openai/openai-python/issues/1626',
  error: () => answer(),
});
