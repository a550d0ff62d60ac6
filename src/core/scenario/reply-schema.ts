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

/** The scopes in which the steps of a sequence are counted. */
const REPLY_SCOPES = ['session', 'key', 'model', 'call', 'conversation'] as const;

export type ReplyScope = (typeof REPLY_SCOPES)[number];

const MOST_STEPS = 1_000;
/** As many as a vector of OpenAI may have, and a few more. */
const MOST_DIMENSIONS = 4_096;

const spokenFields = {
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
  continues: z
    .boolean()
    .optional()
    .describe("a request that ends with the beginning of `content`, as the assistant's, gets the rest"),
  dimensions: whole(1, MOST_DIMENSIONS).optional().describe('the length of embeddings, whatever the request asks for'),
};

const spokenSchema = record(spokenFields);

/** What one answer says. */
const stepSchema = spokenSchema.transform(specOf);

/** What a healthy answer says. */
export const replySchema = record({
  match: matchSchema.optional(),
  ...spokenFields,
  sequence: z
    .array(stepSchema)
    .min(1)
    .max(MOST_STEPS)
    .optional()
    .describe('one step after the other, each for one call; after the last the reply speaks no more'),
  per: z.enum(REPLY_SCOPES).optional().describe('whose steps they are; default session'),
  repeat: z.boolean().optional().describe('begin the sequence again after its last step'),
}).transform(({ match, sequence, per = 'session', repeat = false, ...spoken }) => ({
  match,
  spec: specOf(spoken),
  ...(sequence !== undefined && { sequence: { steps: sequence, per, repeat } }),
}));

function specOf({
  tool_call: call,
  tool_calls: calls,
  finish_reason: finishReason,
  reasoning_tokens: reasoningTokens,
  reasoning_summary: reasoningSummary,
  ...kinds
}: z.output<typeof spokenSchema>): ReplySpec {
  const toolCalls = calls ?? (call === undefined ? undefined : [call]);
  return { ...kinds, toolCalls, finishReason, reasoningTokens, reasoningSummary };
}
