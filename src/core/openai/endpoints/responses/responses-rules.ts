import { enumerate } from '../../errors/enumerate.ts';
import { anyObject, type NumberRule, type ObjectRule, type Rule, type StringRule } from '../../validation/rule.ts';
import { inputItems, MAX_INPUT_LENGTH } from './item-rules.ts';
import { text, toolChoice, tools } from './tool-rules.ts';

const string: StringRule = { kind: 'string' };
const boolean: Rule = { kind: 'boolean' };
const penalty: NumberRule = { kind: 'decimal', min: -2, max: 2 };
const choice = (...values: readonly string[]): StringRule => ({ kind: 'string', values });

/** Measured: what `include` may ask for, in the order of the error. */
const INCLUDABLE: readonly string[] = [
  'file_search_call.results',
  'web_search_call.results',
  'web_search_call.action.sources',
  'message.input_image.image_url',
  'computer_call_output.output.image_url',
  'code_interpreter_call.outputs',
  'reasoning.encrypted_content',
  'message.output_text.logprobs',
];

/** Measured: the efforts in the order of the error. */
export const EFFORTS: readonly string[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

/**
 * Every field of a request, in the order in which the API looks at them (wire-responses.md 5.1). A field that is null counts as
 * left out. `model` and whether there is any `input` are looked at before all of them; `conversation` after them.
 */
const fields: Readonly<Record<string, Rule>> = {
  input: {
    kind: 'union',
    expected: 'one of a string or array of input items',
    options: [{ kind: 'string', maxLength: MAX_INPUT_LENGTH }, inputItems],
  },
  previous_response_id: string,
  prompt: { kind: 'object', fields: { id: string, version: string, variables: anyObject }, required: ['id'] },
  moderation: { kind: 'object', fields: { model: string }, required: ['model'], open: true },
  include: { kind: 'array', items: { kind: 'string', values: INCLUDABLE } },
  tools,
  tool_choice: toolChoice,
  metadata: {
    kind: 'map',
    expected: 'a metadata object',
    values: { kind: 'string', maxLength: 512 },
    maxProperties: 16,
    maxKeyLength: 64,
  },
  text,
  temperature: { kind: 'decimal', min: 0, max: 2 },
  top_p: { kind: 'decimal', min: 0, max: 1 },
  presence_penalty: penalty,
  frequency_penalty: penalty,
  parallel_tool_calls: boolean,
  stream: boolean,
  stream_options: { kind: 'object', fields: { include_obfuscation: boolean } },
  background: boolean,
  max_output_tokens: { kind: 'integer', min: 16 },
  max_tool_calls: { kind: 'integer', min: 1 },
  reasoning: {
    kind: 'object',
    fields: {
      effort: { kind: 'string', values: EFFORTS, expected: `one of one of ${enumerate(EFFORTS, 'or')} or integer` },
      summary: choice('concise', 'detailed', 'auto'),
      context: string,
      mode: string,
    },
  },
  user: string,
  safety_identifier: { kind: 'string', maxLength: 64 },
  prompt_cache_options: anyObject,
  prompt_cache_key: string,
  prompt_cache_retention: choice('in_memory', '24h'),
  truncation: choice('auto', 'disabled'),
  instructions: { kind: 'string', maxLength: MAX_INPUT_LENGTH },
  store: boolean,
  service_tier: choice('auto', 'default', 'fast', 'flex', 'priority'),
  top_logprobs: { kind: 'integer', min: 0, max: 20 },
  context_management: { kind: 'array', items: anyObject, expected: 'an array of objects' },
  conversation: { kind: 'union', options: [string, { kind: 'object', fields: { id: string }, required: ['id'] }] },
};

/** Fields of Codex and of openai-node 7.59: it is only known that they are accepted. `Did you mean` does not name them. */
const UNREAD: readonly string[] = ['client_metadata', 'access_programs', 'background_options', 'image'];

/** A request to the Responses API. */
export const responsesRules: ObjectRule = { kind: 'object', fields };

/** Whether the API knows a field of that name. */
export function isKnownField(name: string): boolean {
  return name === 'model' || Object.hasOwn(fields, name) || UNREAD.includes(name);
}

/** The fields that a client may have meant by another name. */
export const NAMED_FIELDS: readonly string[] = ['model', ...Object.keys(fields)];
