import { billingNotActive as answer } from '../openai/errors.ts';
import { definePlainErrorFault } from './error-fault.ts';

/** A 429 that no wait will cure. */
export const billingNotActive = definePlainErrorFault({
  name: 'billing_not_active',
  summary: 'the account has no active billing',
  status: 429,
  layer: 'gateway',
  says: ['billing_not_active'],
  source: 'wire.md 1.4, "billing inactive"',
  error: () => answer(),
});
