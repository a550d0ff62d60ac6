import { slowDown as answer } from '../openai/errors/errors.ts';
import { definePlainErrorFault } from './error-fault.ts';

/** Type and code are documented, the text is not captured. */
export const slowDown = definePlainErrorFault({
  name: 'slow_down',
  summary: 'traffic grew too fast and has to come down',
  status: 429,
  layer: 'api',
  errorCodes: ['slow_down', 'rate_limit_error'],
  source: 'unverified',
  error: () => answer(),
});
