import { samplingRules } from '../../validation/common-rules.ts';
import { anyObject, type NumberRule, type ObjectRule, type Rule } from '../../validation/rule.ts';
import { contentPart, messages, text } from './message-rules.ts';
import { functionCall, functions, responseFormat, toolChoice, tools } from './tool-rules.ts';

const string = { kind: 'string', nullable: true } as const;
const boolean = { kind: 'boolean', nullable: true } as const;
const tokens: NumberRule = { kind: 'integer', min: 1, nullable: true };

/** Every field of a chat completion request (wire.md 5). */
const fields: Readonly<Record<string, Rule>> = {
  messages,
  model: { kind: 'string' },
  ...samplingRules,
  audio: {
    kind: 'object',
    fields: {
      voice: { kind: 'union', options: [{ kind: 'string' }, anyObject] },
      format: { kind: 'string', values: ['wav', 'aac', 'mp3', 'flac', 'opus', 'pcm16'] },
    },
    required: ['voice', 'format'],
    nullable: true,
  },
  function_call: functionCall,
  functions,
  logprobs: boolean,
  top_logprobs: { kind: 'integer', min: 0, max: 20, nullable: true },
  max_completion_tokens: tokens,
  max_tokens: tokens,
  metadata: { kind: 'map', values: { kind: 'string', maxLength: 512 }, maxProperties: 16, nullable: true },
  modalities: { kind: 'array', items: { kind: 'string', values: ['text', 'audio'] }, minItems: 1, nullable: true },
  moderation: { ...anyObject, nullable: true },
  parallel_tool_calls: { kind: 'boolean' },
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
  prompt_cache_key: string,
  prompt_cache_options: anyObject,
  prompt_cache_retention: { kind: 'string', values: ['in_memory', '24h'], nullable: true },
  reasoning_effort: {
    kind: 'string',
    values: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
    nullable: true,
  },
  response_format: responseFormat,
  safety_identifier: { kind: 'string', maxLength: 64, nullable: true },
  service_tier: { kind: 'string', values: ['auto', 'default', 'flex', 'scale', 'priority', 'fast'], nullable: true },
  store: boolean,
  tool_choice: toolChoice,
  tools,
  verbosity: { kind: 'string', values: ['low', 'medium', 'high'], nullable: true },
  web_search_options: anyObject,
};

/** A chat completion request. `model` is the gateway's to ask for. */
export const chatRules: ObjectRule = { kind: 'object', fields, required: ['messages'] };
