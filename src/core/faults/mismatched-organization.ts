import { mismatchedOrganization as answer } from '../openai/errors/errors.ts';
import { definePlainErrorFault } from './error-fault.ts';

/** The OpenAI-Organization header and the key disagree. */
export const mismatchedOrganization = definePlainErrorFault({
  name: 'mismatched_organization',
  summary: 'the key belongs to another organization than the header names',
  status: 401,
  layer: 'gateway',
  errorCodes: ['mismatched_organization'],
  source: 'https://platform.openai.com/docs/guides/error-codes',
  error: () => answer(),
});
