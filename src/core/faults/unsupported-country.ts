import { unsupportedCountry as answer } from '../openai/errors/errors.ts';
import { definePlainErrorFault } from './error-fault.ts';

/** Refused by where the client is. */
export const unsupportedCountry = definePlainErrorFault({
  name: 'unsupported_country',
  summary: 'the edge refuses the country of the client',
  status: 403,
  layer: 'edge',
  errorCodes: ['unsupported_country_region_territory', 'request_forbidden'],
  source: 'https://github.com/home-assistant/core/issues/120072',
  error: () => answer(),
});
