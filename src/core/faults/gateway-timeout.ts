import { gatewayTimeout as answer } from '../openai/errors/errors.ts';
import { definePlainErrorFault } from './error-fault.ts';

/** The page is nginx's; OpenAI's own is not captured. */
export const gatewayTimeout = definePlainErrorFault({
  name: 'gateway_timeout',
  summary: 'the edge gave up waiting, as a page of HTML',
  status: 504,
  layer: 'edge',
  source: 'unverified',
  error: () => answer(),
});
