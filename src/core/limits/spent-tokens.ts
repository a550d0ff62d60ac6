import { promptTokens } from '../openai/content/tokens.ts';
import { endpointNamed } from '../openai/endpoints/registry.ts';
import type { ReplyContext } from '../openai/request/reply-context.ts';

/**
 * The tokens that the healthy answer to a request costs in all, as its `usage` tells them: those of the inputs alone where
 * nothing is completed. Makes the answer up once more.
 */
export function spentTokens(context: ReplyContext): number {
  const { request, settings, libraries } = context;
  const endpoint = request.endpoint && endpointNamed(request.endpoint.name);
  return endpoint?.spentTokens?.(context) ?? promptTokens(request, settings, libraries);
}
