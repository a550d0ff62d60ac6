import { samplingRules } from '../../validation/common-rules.ts';
import { anyObject, type NumberRule, type ObjectRule, type Rule } from '../../validation/rule.ts';
import { contentPart, messages, text } from './message-rules.ts';
import { functionCall, functions, responseFormat, toolChoice, tools } from './tool-rules.ts';

const string = { kind: 'string', nullable: true } as const;
const boolean = { kind: 'boolean', nullable: true } as const;
const tokens: NumberRule = { kind: 'integer', min: 1, nullable: true };

/**
 * Every field of a chat completion request (wire.md 5), in the order in which the API looks at them: measured of gpt-5.6
 * (wire-responses.md 6.3). The place of the last three, which that model does not have, is not known.
 */
const fields: Readonly<Record<string, Rule>> = {
  model: { kind: 'string' },
  messages,
  functions,
  function_call: functionCall,
  tools,
  tool_choice: toolChoice,
  parallel_tool_calls: { kind: 'boolean' },
  max_completion_tokens: tokens,
  ...sampling('n', 'temperature', 'top_p', 'presence_penalty', 'frequency_penalty'),
  logprobs: boolean,
  top_logprobs: { kind: 'integer', min: 0, max: 20, nullable: true },
  ...sampling('user', 'seed'),
  moderation: { kind: 'object', fields: { model: { kind: 'string' } }, required: ['model'], open: true, nullable: true },
  safety_identifier: { kind: 'string', maxLength: 64, nullable: true },
  prompt_cache_options: {
    kind: 'object',
    fields: {
      mode: { kind: 'string', values: ['implicit', 'explicit'] },
      ttl: { kind: 'string', values: ['30m', '12h'] },
    },
    open: true,
  },
  prompt_cache_key: string,
  prompt_cache_retention: { kind: 'string', values: ['in_memory', '24h'], quotesNothing: true, nullable: true },
  response_format: responseFormat,
  service_tier: { kind: 'string', values: ['auto', 'default', 'flex', 'scale', 'priority', 'fast'], nullable: true },
  max_tokens: tokens,
  reasoning_effort: {
    kind: 'string',
    values: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
    nullable: true,
  },
  ...sampling('logit_bias', 'stop', 'stream', 'stream_options'),
  store: boolean,
  metadata: {
    kind: 'map',
    values: { kind: 'string', maxLength: 512 },
    maxProperties: 16,
    maxKeyLength: 64,
    nullable: true,
  },
  prediction: {
    kind: 'tagged',
    tag: 'type',
    variants: {
      content: {
        kind: 'object',
        fields: { content: { kind: 'union', options: [text, { kind: 'array', items: contentPart, minItems: 1 }] } },
        required: ['content'],
      },
    },
    nullable: true,
  },
  verbosity: { kind: 'string', values: ['low', 'medium', 'high'], nullable: true },
  audio: {
    kind: 'object',
    fields: {
      voice: { kind: 'union', options: [{ kind: 'string' }, anyObject] },
      format: { kind: 'string', values: ['wav', 'aac', 'mp3', 'flac', 'opus', 'pcm16'] },
    },
    required: ['voice', 'format'],
    nullable: true,
  },
  modalities: { kind: 'array', items: { kind: 'string', values: ['text', 'audio'] }, minItems: 1, nullable: true },
  web_search_options: anyObject,
};

function sampling(...names: readonly string[]): Readonly<Record<string, Rule>> {
  return Object.fromEntries(names.map((name) => [name, samplingRules[name] as Rule]));
}

/** A chat completion request. `model` is the gateway's to ask for. */
export const chatRules: ObjectRule = { kind: 'object', fields, required: ['messages'] };

/** The same of gpt-5.6, which makes fewer choices (wire-responses.md 6.4). */
const rulesOfFewChoices: ObjectRule = {
  ...chatRules,
  fields: { ...fields, n: { kind: 'integer', min: 1, max: 8, nullable: true } },
};

/** The rules for a request to that model. */
export function chatRulesOf(model: string): ObjectRule {
  return /^gpt-5\.6(?:-|$)/.test(model) ? rulesOfFewChoices : chatRules;
}
