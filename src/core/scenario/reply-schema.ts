import { z } from 'zod';
import { moderationCategories } from '../openai/content/moderation-categories.ts';
import type { ReplySpec } from '../openai/request/answer-settings.ts';
import { record, whole } from '../schema/fields.ts';
import { matchSchema } from './match-schema.ts';

const toolCall = record({
  name: z.string().min(1).max(64),
  arguments: z.unknown().optional(),
}).transform((call) => ({
  name: call.name,
  arguments: call.arguments ?? {},
}));

/** A reply gives at most one of these keys. */
export const CONTENT_KEYS = ['content', 'echo', 'tokens', 'json', 'refusal', 'tool_call', 'tool_calls'];

/** What a healthy answer says. */
export const replySchema = record({
  match: matchSchema.optional(),
  content: z.string().optional().describe('this text'),
  echo: z.literal(true).optional().describe('the last user message'),
  tokens: whole(1, 200_000).optional().describe('prose of this many tokens'),
  json: z.unknown().optional().describe('this value as JSON text'),
  refusal: z.string().optional(),
  tool_call: toolCall.optional(),
  tool_calls: z.array(toolCall).min(1).optional(),
  finish_reason: z.enum(['stop', 'length', 'tool_calls', 'content_filter', 'function_call']).optional(),
  reasoning_tokens: whole(0, 200_000).optional().describe('what a reasoning model thinks before'),
  reasoning_summary: z.string().min(1).optional().describe('the summary of it, where a request to Responses asks for one'),
  flagged: z.array(z.enum(moderationCategories)).min(1).optional().describe('categories that a moderation finds'),
}).transform(({ match, tool_call, tool_calls, finish_reason, reasoning_tokens, reasoning_summary, ...kinds }) => {
  const toolCalls = tool_calls ?? (tool_call === undefined ? undefined : [tool_call]);
  return {
    match,
    spec: {
      ...kinds,
      toolCalls,
      finishReason: finish_reason,
      reasoningTokens: reasoning_tokens,
      reasoningSummary: reasoning_summary,
    } satisfies ReplySpec,
  };
});
