import { promptTokens } from '../../src/core/openai/content/tokens.ts';
import { type NaturalErrorRules, naturalError } from '../../src/core/openai/endpoints/natural-error.ts';
import type { ErrorAnswer } from '../../src/core/openai/errors/error.ts';
import { libraries } from '../../src/libraries.ts';
import { apiRequest, type RequestParts } from './reply-context.ts';

/** What OpenAI has against a request, under a scenario that says nothing but the rules given. */
export function refusalOf(parts: RequestParts, rules: Partial<NaturalErrorRules> = {}): ErrorAnswer | undefined {
  const request = apiRequest(parts);
  const settings = { tokens: rules.tokens ?? 'estimate' } as const;
  return naturalError(request, {
    auth: 'any',
    models: 'any',
    maxBodyBytes: 20 * 1024 * 1024,
    libraries,
    promptTokens: () => promptTokens(request, settings, libraries),
    ...settings,
    ...rules,
  });
}

/** The same of a chat request with these fields, by default to gpt-4o with a short message. */
export function refusal(fields: object = {}, rules: Partial<NaturalErrorRules> = {}): ErrorAnswer | undefined {
  const body = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }], ...fields };
  return refusalOf({ body }, rules);
}
