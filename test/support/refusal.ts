import type { ErrorAnswer } from '../../src/core/openai/error.ts';
import { naturalError, type Rules } from '../../src/core/openai/natural-error.ts';
import { promptTokens } from '../../src/core/openai/tokens.ts';
import { libraries } from '../../src/libraries.ts';
import { apiRequest, type RequestParts } from './reply-context.ts';

/** What OpenAI has against a request, under a scenario that says nothing but the rules given. */
export function refusalOf(parts: RequestParts, rules: Partial<Rules> = {}): ErrorAnswer | undefined {
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
export function refusal(fields: object = {}, rules: Partial<Rules> = {}): ErrorAnswer | undefined {
  const body = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }], ...fields };
  return refusalOf({ body }, rules);
}
