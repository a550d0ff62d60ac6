import type { ErrorAnswer } from '../../errors/error.ts';
import type { Fields, Terms } from '../../validation/terms.ts';
import { responsesChecks } from './responses-checks.ts';

/** What a request without a model or an input asks, where requests are not validated. */
export const USUAL_INPUT = { model: 'gpt-4o-mini', input: ' ' } as const;

/** What the API has against the fields of a request to the Responses API, the model and all; undefined when nothing. */
export function responsesError(fields: Fields, terms: Terms): ErrorAnswer | undefined {
  for (const check of responsesChecks) {
    const error = check.find(fields, terms);
    if (error !== undefined) return error;
  }
  return undefined;
}
