import { billingNotActive as answer } from '../openai/errors/errors.ts';
import { definePlainErrorFault } from './error-fault.ts';

/** A 429 that no wait will cure. */
export const billingNotActive = definePlainErrorFault({
  name: 'billing_not_active',
  summary: 'the account has no active billing',
  status: 429,
  layer: 'gateway',
  errorCodes: ['billing_not_active'],
  source: 'https://github.com/lifan0127/ai-research-assistant/issues/174',
  error: () => answer(),
});
