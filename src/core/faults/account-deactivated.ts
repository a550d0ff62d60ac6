import { accountDeactivated as answer } from '../openai/errors/errors.ts';
import { definePlainErrorFault } from './error-fault.ts';

/** The account is gone for good: no retry helps. */
export const accountDeactivated = definePlainErrorFault({
  name: 'account_deactivated',
  summary: 'the account of the key has been deactivated',
  status: 401,
  layer: 'gateway',
  errorCodes: ['account_deactivated'],
  source: 'https://github.com/ChatGPTNextWeb/NextChat/issues/4175',
  error: () => answer(),
});
