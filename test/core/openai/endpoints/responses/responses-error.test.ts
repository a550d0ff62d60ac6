import { expect, test } from 'vitest';
import { openai } from '../../../../../src/core/openai/dialects/openai/dialect.ts';
import { responsesChecks } from '../../../../../src/core/openai/endpoints/responses/responses-checks.ts';
import { responsesError } from '../../../../../src/core/openai/endpoints/responses/responses-error.ts';
import { responsesRules } from '../../../../../src/core/openai/endpoints/responses/responses-rules.ts';
import { type ErrorAnswer, errorText } from '../../../../../src/core/openai/errors/error.ts';
import { requestedModelNotFound } from '../../../../../src/core/openai/errors/errors.ts';
import { modelNamed } from '../../../../../src/core/openai/models/models.ts';
import { utf8Length } from '../../../../../src/core/text/utf8.ts';
import { libraries } from '../../../../../src/libraries.ts';
import { violations } from '../../../../support/violations.ts';

interface Measured {
  readonly isServed?: boolean;
  readonly bodyBytes?: number;
  readonly promptTokens?: number;
}

/** What the API has against these fields, by default of a request to a model of which nothing is known. */
function refusal(
  fields: object,
  { isServed = true, bodyBytes = 100, promptTokens = 10 }: Measured = {},
): ErrorAnswer | undefined {
  const asked = fields as Record<string, unknown>;
  return responsesError(asked, {
    model: modelNamed(typeof asked['model'] === 'string' ? asked['model'] : ''),
    isServed,
    bodyBytes,
    libraries,
    promptTokens: () => promptTokens,
    inputTokens: () => promptTokens,
    textTokens: () => promptTokens,
  });
}

const VALID = { model: 'my-model', input: 'ping' };
const on = (model: string, fields: object = {}) => ({ ...VALID, model, ...fields });
const item = (...items: unknown[]) => ({ ...VALID, input: items });
const userSaid = (content: unknown) => item({ role: 'user', content });
const assistantSaid = (content: unknown) => item({ role: 'assistant', content });
const EFFORTS = "'none', 'minimal', 'low', 'medium', 'high', 'xhigh', and 'max'";
const call = (id: string) => ({ type: 'function_call', call_id: id, name: 'f', arguments: '{}' });
const output = (id: string) => ({ type: 'function_call_output', call_id: id, output: 'done' });
const reasoning = (id: string) => ({ type: 'reasoning', id, summary: [] });
const schema = { type: 'object', properties: { location: { type: 'string' }, unit: { type: 'string' } } };

type Golden = readonly [
  check: string,
  text: string,
  fields: object,
  message: string,
  param: string | null,
  code: string | null,
  more?: Measured & { readonly status?: number },
];

const type = (param: string, expected: string, found: string) =>
  [`Invalid type for '${param}': expected ${expected}, but got ${found} instead.`, param, 'invalid_type'] as const;
const value = (param: string, found: string, supported: string, at = param) =>
  [`Invalid value: '${found}'. Supported values are: ${supported}.`, at, 'invalid_value'] as const;
const missing = (param: string) => [`Missing required parameter: '${param}'.`, param, 'missing_required_parameter'] as const;
const unknown = (param: string, hint = '') => [`Unknown parameter: '${param}'.${hint}`, param, 'unknown_parameter'] as const;
const moved = (param: string, to: string) =>
  [
    `Unsupported parameter: '${param}'. In the Responses API, this parameter has moved to '${to}'. Try again with the new parameter. See the API documentation for more information: https://platform.openai.com/docs/api-reference/responses/create.`,
    null,
    'unsupported_parameter',
  ] as const;

/** wire-responses.md 5.2: the check and what it says, a request that is wrong so, and the answer. */
const golden: readonly Golden[] = [
  ['model', 'missing', { input: 'ping' }, ...missing('model')],
  ['model', 'type', { ...VALID, model: null }, ...type('model', 'a string', 'an object')],
  ['model', 'type', { ...VALID, model: 7 }, ...type('model', 'a string', 'an integer')],
  ['input missing', 'missing', { model: 'm' }, ...missing('input')],
  ['input missing', 'null', { model: 'm', input: null }, ...type('input', 'a string', 'an object')],
  ['unknown fields', 'unknown', { ...VALID, bogus: 1 }, ...unknown('bogus')],
  ['unknown fields', 'unknown', { ...VALID, n: 1, seed: 1 }, ...unknown('n')],
  ['unknown fields', 'unknown', { ...VALID, max_tokens: 1 }, ...unknown('max_tokens')],
  ['unknown fields', 'meant otherwise', { ...VALID, stop: 'x' }, ...unknown('stop', " Did you mean 'store'?")],
  ['unknown fields', 'meant otherwise', { ...VALID, strem: true }, ...unknown('strem', " Did you mean 'stream' or 'store'?")],
  ['unknown fields', 'meant otherwise', { ...VALID, strem: true, stream: true }, ...unknown('strem', " Did you mean 'store'?")],
  ['unknown fields', 'unknown', { ...VALID, st: true }, ...unknown('st')],
  ['unknown fields', 'messages', { ...VALID, messages: [] }, ...moved('messages', 'input')],
  ['unknown fields', 'other fields of chat', { ...VALID, response_format: {} }, ...moved('response_format', 'text.format')],
  [
    'unknown fields',
    'other fields of chat',
    { ...VALID, reasoning_effort: 'low' },
    ...moved('reasoning_effort', 'reasoning.effort'),
  ],
  [
    'unknown fields',
    'other fields of chat',
    { ...VALID, max_completion_tokens: 5 },
    ...moved('max_completion_tokens', 'max_output_tokens'),
  ],
  [
    'input',
    'type, items, roles, parts, phase',
    { ...VALID, input: 7 },
    ...type('input', 'one of a string or array of input items', 'an integer'),
  ],
  ['input', 'type, items, roles, parts, phase', item('x'), ...type('input[0]', 'an input item', 'a string')],
  ['input', 'type, items, roles, parts, phase', item(null), ...type('input[0]', 'an input item', 'null')],
  [
    'input',
    'type, items, roles, parts, phase',
    item({ type: 'bogus' }),
    ...value(
      'input[0]',
      'bogus',
      "'additional_tools', 'agent_message', 'apply_patch_call', 'apply_patch_call_output', 'code_interpreter_call', 'compaction', 'compaction_trigger', 'computer_call', 'computer_call_output', 'custom_tool_call', 'custom_tool_call_output', 'file_search_call', 'function_call', 'function_call_output', 'image_generation_call', 'item_reference', 'local_shell_call', 'local_shell_call_output', 'mcp_approval_request', 'mcp_approval_response', 'mcp_call', 'mcp_list_tools', 'message', 'multi_agent_call', 'multi_agent_call_output', 'program', 'program_output', 'reasoning', 'shell_call', 'shell_call_output', 'tool_search_call', 'tool_search_output', and 'web_search_call'",
    ),
  ],
  [
    'input',
    'type, items, roles, parts, phase',
    item({ content: 'x' }),
    ...value('input[0]', '', "'assistant', 'system', 'developer', and 'user'"),
  ],
  [
    'input',
    'type, items, roles, parts, phase',
    item({ role: 'robot', content: 'x' }),
    ...value('input[0]', '', "'assistant', 'system', 'developer', and 'user'"),
  ],
  ['input', 'type, items, roles, parts, phase', item({ role: 'user' }), ...missing('input[0].content')],
  ['input', 'type, items, roles, parts, phase', item({ role: 'user', content: 'x', bogus: 1 }), ...unknown('input[0].bogus')],
  [
    'input',
    'type, items, roles, parts, phase',
    userSaid([{ type: 'text', text: 'x' }]),
    ...value(
      'input[0].content[0].type',
      'text',
      "'input_text', 'input_image', 'input_audio', 'output_text', 'refusal', 'input_file', 'computer_screenshot', 'summary_text', and 'encrypted_content'",
    ),
  ],
  [
    'input',
    'type, items, roles, parts, phase',
    userSaid([{ type: 'output_text', text: 'x' }]),
    ...value(
      'input[0].content[0]',
      'output_text',
      "'input_text', 'input_image', 'input_file', 'scoped_content', and 'input_audio'",
    ),
  ],
  [
    'input',
    'type, items, roles, parts, phase',
    assistantSaid([{ type: 'input_text', text: 'x' }]),
    ...value('input[0].content[0]', 'input_text', "'output_text' and 'refusal'"),
  ],
  [
    'input',
    'type, items, roles, parts, phase',
    item({ role: 'user', content: 'x', phase: 'final_answer' }),
    ...unknown('input[0].phase'),
  ],
  [
    'input',
    'type, items, roles, parts, phase',
    item({ role: 'assistant', content: 'x', phase: 'x' }),
    ...value('input[0].phase', 'x', "'commentary' and 'final_answer'"),
  ],
  [
    'input',
    'ids of items, empty call_id',
    item(output('')),
    "Invalid 'input[0].call_id': empty string. Expected a string with minimum length 1, but got an empty string instead.",
    'input[0].call_id',
    'empty_string',
  ],
  [
    'input',
    'ids of items, empty call_id',
    item({ role: 'user', content: 'x' }, { ...call('call_x'), id: 'call_x' }),
    "Invalid 'input[1].id': 'call_x'. Expected an ID that begins with 'fc'.",
    'input[1].id',
    'invalid_value',
  ],
  [
    'input',
    'length of a text',
    { ...VALID, input: 'a'.repeat(10_485_761) },
    "Invalid 'input': string too long. Expected a string with maximum length 10485760, but got a string with length 10485761 instead.",
    'input',
    'string_above_max_length',
  ],
  [
    'encrypted content',
    'unreadable',
    item({ ...reasoning('rs_x'), encrypted_content: 'nonsense' }, { role: 'assistant', content: 'x' }),
    'The encrypted content for item rs_x could not be verified. Reason: Encrypted content could not be decrypted or parsed.',
    null,
    'invalid_encrypted_content',
  ],
  [
    'previous_response_id',
    'type',
    { ...VALID, previous_response_id: 7 },
    ...type('previous_response_id', 'a string', 'an integer'),
  ],
  [
    'previous_response_id: characters',
    'strange characters',
    { ...VALID, previous_response_id: '@x' },
    "Invalid 'previous_response_id': '@x'. Expected an ID that contains letters, numbers, underscores, or dashes, but this value contained additional characters.",
    'previous_response_id',
    'invalid_value',
  ],
  ['moderation', 'no model', { ...VALID, moderation: {} }, ...missing('moderation.model')],
  [
    'include',
    'values',
    { ...VALID, include: ['x'] },
    ...value(
      'include[0]',
      'x',
      "'file_search_call.results', 'web_search_call.results', 'web_search_call.action.sources', 'message.input_image.image_url', 'computer_call_output.output.image_url', 'code_interpreter_call.outputs', 'reasoning.encrypted_content', and 'message.output_text.logprobs'",
    ),
  ],
  ['tools', 'type, name', { ...VALID, tools: {} }, ...type('tools', 'an array of tools', 'an object')],
  ['tools', 'type, name', { ...VALID, tools: [{}] }, ...missing('tools[0].type')],
  ['tools', 'type, name', { ...VALID, tools: [{ type: 'function', function: { name: 'f' } }] }, ...missing('tools[0].name')],
  [
    'tools',
    'names and number',
    { ...VALID, tools: Array.from({ length: 150 }, () => ({ type: 'web_search' })) },
    "Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length 150 instead.",
    'tools',
    'array_above_max_length',
  ],
  [
    'tools: schemas',
    'of a function',
    {
      ...VALID,
      tools: [
        {
          type: 'function',
          name: 'get_current_weather',
          strict: true,
          parameters: { ...schema, additionalProperties: false, required: ['location'] },
        },
      ],
    },
    "Invalid schema for function 'get_current_weather': In context=(), 'required' is required to be supplied and to be an array including every key in properties. Missing 'unit'.",
    'tools[0].parameters',
    'invalid_function_parameters',
  ],
  [
    'tool_choice',
    'type, values, name',
    { ...VALID, tool_choice: 7 },
    ...type('tool_choice', "one of an object or 'none', 'auto', or 'required'", 'an integer'),
  ],
  [
    'tool_choice',
    'type, values, name',
    { ...VALID, tool_choice: 'x' },
    ...value('tool_choice', 'x', "'none', 'auto', and 'required'"),
  ],
  ['tool_choice', 'type, values, name', { ...VALID, tool_choice: { type: 'function' } }, ...missing('tool_choice.name')],
  ['metadata', 'type', { ...VALID, metadata: [] }, ...type('metadata', 'a metadata object', 'an array')],
  [
    'metadata',
    'number',
    { ...VALID, metadata: Object.fromEntries(Array.from({ length: 17 }, (_, key) => [key, 'x'])) },
    "Invalid 'metadata': too many properties. Expected an object with at most 16 properties, but got an object with 17 properties instead.",
    'metadata',
    'object_above_max_properties',
  ],
  [
    'metadata',
    'long value',
    { ...VALID, metadata: { a: 'x'.repeat(513) } },
    "Invalid 'metadata.a': string too long. Expected a string with maximum length 512, but got a string with length 513 instead.",
    'metadata.a',
    'string_above_max_length',
  ],
  [
    'text',
    'formats, name, verbosity',
    { ...VALID, text: { format: { type: 'x' } } },
    ...value('text.format.type', 'x', "'json_object', 'text', and 'json_schema'"),
  ],
  [
    'text',
    'formats, name, verbosity',
    { ...VALID, text: { format: { type: 'json_schema', schema } } },
    ...missing('text.format.name'),
  ],
  [
    'text',
    'formats, name, verbosity',
    { ...VALID, text: { verbosity: 'x' } },
    ...value('text.verbosity', 'x', "'low', 'medium', and 'high'"),
  ],
  ['text', 'formats, name, verbosity', { ...VALID, text: { zzz: 1 } }, ...unknown('text.zzz')],
  [
    'text: schema',
    'of the answer',
    { ...VALID, text: { format: { type: 'json_schema', name: 'response', strict: true, schema } } },
    "Invalid schema for response_format 'response': In context=(), 'additionalProperties' is required to be supplied and to be false.",
    'text.format.schema',
    'invalid_json_schema',
  ],
  ['temperature', 'type', { ...VALID, temperature: 'x' }, ...type('temperature', 'a decimal', 'a string')],
  [
    'temperature',
    'bounds',
    { ...VALID, temperature: -1 },
    "Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -1 instead.",
    'temperature',
    'decimal_below_min_value',
  ],
  ['top_p', 'type', { ...VALID, top_p: true }, ...type('top_p', 'a decimal', 'a boolean')],
  ['presence_penalty', 'type', { ...VALID, presence_penalty: {} }, ...type('presence_penalty', 'a decimal', 'an object')],
  ['frequency_penalty', 'type', { ...VALID, frequency_penalty: [] }, ...type('frequency_penalty', 'a decimal', 'an array')],
  [
    'parallel_tool_calls',
    'type',
    { ...VALID, parallel_tool_calls: 1 },
    ...type('parallel_tool_calls', 'a boolean', 'an integer'),
  ],
  ['stream', 'type', { ...VALID, stream: 'x' }, ...type('stream', 'a boolean', 'a string')],
  [
    'stream_options',
    'type, unknown fields',
    { ...VALID, stream: true, stream_options: { include_usage: true } },
    ...unknown('stream_options.include_usage'),
  ],
  ['background', 'type', { ...VALID, background: 1.5 }, ...type('background', 'a boolean', 'a decimal number')],
  [
    'max_output_tokens',
    'type, bound',
    { ...VALID, max_output_tokens: 0 },
    "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 0 instead.",
    'max_output_tokens',
    'integer_below_min_value',
  ],
  [
    'max_output_tokens',
    'type, bound',
    { ...VALID, max_output_tokens: 16.5 },
    ...type('max_output_tokens', 'an integer', 'a decimal number'),
  ],
  [
    'max_tool_calls',
    'type, bound',
    { ...VALID, max_tool_calls: 0 },
    "Invalid 'max_tool_calls': integer below minimum value. Expected a value >= 1, but got 0 instead.",
    'max_tool_calls',
    'integer_below_min_value',
  ],
  [
    'reasoning: type of effort',
    'integer',
    on('gpt-5', { reasoning: { effort: 7 } }),
    ...type('reasoning.effort', "one of 'minimal', 'low', 'medium', or 'high'", 'an integer'),
  ],
  [
    'reasoning',
    'effort, summary, unknown fields',
    on('gpt-5', { reasoning: { effort: {} } }),
    ...type(
      'reasoning.effort',
      "one of one of 'none', 'minimal', 'low', 'medium', 'high', 'xhigh', or 'max' or integer",
      'an object',
    ),
  ],
  [
    'reasoning',
    'effort, summary, unknown fields',
    on('gpt-5', { reasoning: { effort: 'bogus' } }),
    ...value('reasoning.effort', 'bogus', EFFORTS),
  ],
  [
    'reasoning',
    'effort, summary, unknown fields',
    on('gpt-5', { reasoning: { summary: 'x' } }),
    ...value('reasoning.summary', 'x', "'concise', 'detailed', and 'auto'"),
  ],
  [
    'reasoning',
    'effort, summary, unknown fields',
    on('gpt-5', { reasoning: { generate_summary: 'auto' } }),
    ...unknown('reasoning.generate_summary'),
  ],
  [
    'reasoning: effort of the model',
    'not of this model',
    on('gpt-5.6-terra', { reasoning: { effort: 'minimal' } }),
    "Unsupported value: 'minimal' is not supported with the 'gpt-5.6-terra' model. Supported values are: 'none', 'low', 'medium', 'high', 'xhigh', and 'max'.",
    'reasoning.effort',
    'unsupported_value',
  ],
  [
    'reasoning: effort of the model',
    'of no reasoning model',
    on('gpt-4o', { reasoning: { effort: 'low' } }),
    "Unsupported parameter: 'reasoning.effort' is not supported with this model.",
    'reasoning.effort',
    'unsupported_parameter',
  ],
  ['user', 'type', { ...VALID, user: 7 }, ...type('user', 'a string', 'an integer')],
  ['safety_identifier', 'type', { ...VALID, safety_identifier: 7 }, ...type('safety_identifier', 'a string', 'an integer')],
  [
    'safety_identifier',
    'length',
    { ...VALID, safety_identifier: 'x'.repeat(65) },
    "Invalid 'safety_identifier': string too long. Expected a string with maximum length 64, but got a string with length 65 instead.",
    'safety_identifier',
    'string_above_max_length',
  ],
  [
    'prompt_cache_options',
    'type',
    { ...VALID, prompt_cache_options: 7 },
    ...type('prompt_cache_options', 'an object', 'an integer'),
  ],
  ['prompt_cache_key', 'type', { ...VALID, prompt_cache_key: 7 }, ...type('prompt_cache_key', 'a string', 'an integer')],
  [
    'prompt_cache_retention',
    'values',
    { ...VALID, prompt_cache_retention: 'x' },
    ...value('prompt_cache_retention', 'x', "'in_memory' and '24h'"),
  ],
  ['truncation', 'values', { ...VALID, truncation: 'x' }, ...value('truncation', 'x', "'auto' and 'disabled'")],
  ['instructions', 'type', { ...VALID, instructions: 7 }, ...type('instructions', 'a string', 'an integer')],
  ['store', 'type', { ...VALID, store: 7 }, ...type('store', 'a boolean', 'an integer')],
  [
    'service_tier',
    'values',
    { ...VALID, service_tier: 'x' },
    ...value('service_tier', 'x', "'auto', 'default', 'fast', 'flex', and 'priority'"),
  ],
  ['top_logprobs', 'type', { ...VALID, top_logprobs: 'x' }, ...type('top_logprobs', 'an integer', 'a string')],
  [
    'context_management',
    'type',
    { ...VALID, context_management: {} },
    ...type('context_management', 'an array of objects', 'an object'),
  ],
  [
    'unknown model',
    'unknown',
    on('this-model-does-not-exist'),
    "The requested model 'this-model-does-not-exist' does not exist.",
    'model',
    'model_not_found',
    { isServed: false },
  ],
  ['unknown model', 'unknown', on(''), "The requested model '' does not exist.", 'model', 'model_not_found', { isServed: false }],
  [
    'exclusive',
    'previous response and conversation',
    { ...VALID, previous_response_id: 'resp_x', conversation: 'conv_x' },
    "Mutually exclusive parameters: ''. Ensure you are only providing one of: 'pre..._id' or 'conversation'.",
    null,
    'mutually_exclusive_parameters',
  ],
  [
    'prompt not found',
    'not found',
    { ...VALID, prompt: { id: 'pmpt_x' } },
    "Prompt with id 'pmpt_x' not found.",
    null,
    null,
    { status: 404 },
  ],
  [
    'nothing asked',
    'empty input',
    { ...VALID, input: [] },
    `One of "input" or "previous_response_id" or 'prompt' or 'conversation' must be provided.`,
    null,
    'missing_required_parameter',
  ],
  [
    'nothing asked',
    'empty input',
    { ...VALID, input: '' },
    `One of "input" or "previous_response_id" or 'prompt' or 'conversation' must be provided.`,
    null,
    'missing_required_parameter',
  ],
  [
    'sampling and log probabilities',
    'sampling',
    on('gpt-5.6-terra', { temperature: 0.5 }),
    "Unsupported parameter: 'temperature' is not supported with this model.",
    'temperature',
    null,
  ],
  [
    'sampling and log probabilities',
    'sampling',
    on('gpt-5.6-terra', { temperature: 1, top_p: 1 }),
    "Unsupported parameter: 'top_p' is not supported with this model.",
    'top_p',
    null,
  ],
  [
    'sampling and log probabilities',
    'logprobs',
    on('gpt-5.6-terra', { include: ['message.output_text.logprobs'], top_logprobs: 2 }),
    'logprobs are not supported with reasoning models.',
    'include',
    'unsupported_parameter',
  ],
  [
    'sampling and log probabilities',
    'logprobs',
    on('gpt-5.6-terra', { top_logprobs: 2 }),
    'logprobs are not supported with reasoning models.',
    'top_logprobs',
    'unsupported_parameter',
  ],
  [
    'tools of the model',
    'minimal',
    on('gpt-5', { reasoning: { effort: 'minimal' }, tools: [{ type: 'web_search' }, { type: 'image_generation' }] }),
    "The following tools cannot be used with reasoning.effort 'minimal': image_gen, web_search.",
    'tools',
    null,
  ],
  [
    'tools of the model',
    'hosted',
    on('gpt-5-chat-latest', { tools: [{ type: 'web_search_preview' }] }),
    "Hosted tool 'web_search_preview' is not supported with gpt-5-chat-latest.",
    'tools',
    null,
  ],
  [
    'items belong together',
    'duplicate',
    item(reasoning('rs_x'), { role: 'assistant', content: 'a' }, reasoning('rs_x'), { role: 'assistant', content: 'a' }),
    'Duplicate item found with id rs_x. Remove duplicate items from your input and try again.',
    'input',
    null,
  ],
  [
    'items belong together',
    'output without call',
    item(output('call_x')),
    'No tool call found for function call output with call_id call_x.',
    'input',
    null,
  ],
  [
    'items belong together',
    'call without output',
    item(call('call_x'), { role: 'user', content: 'and?' }),
    'No tool output found for function call call_x.',
    'input',
    null,
  ],
  [
    'items belong together',
    'reasoning alone',
    item(reasoning('rs_x'), { role: 'user', content: 'and?' }),
    "Item 'rs_x' of type 'reasoning' was provided without its required following item.",
    'input',
    null,
  ],
  [
    'the word json',
    'missing',
    { ...VALID, text: { format: { type: 'json_object' } } },
    "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
    'input',
    null,
  ],
  [
    'context window',
    'too long',
    on('gpt-5-nano'),
    'Your input exceeds the context window of this model. Please adjust your input and try again.',
    'input',
    'context_length_exceeded',
    { bodyBytes: 2_000_000, promptTokens: 300_000 },
  ],
];

const samples = golden.map(([check, text, fields, message, param, code, { status = 400, ...measured } = {}]) => ({
  ...{ check, text, fields, message, param, code, status, measured },
}));

test.each(samples)('$check: $text', ({ fields, message, param, code, status, measured }) => {
  const answer = refusal(fields, measured);
  expect({ status: answer?.status, layer: answer?.layer, ...answer?.error }).toEqual({
    status,
    layer: 'api',
    message,
    type: 'invalid_request_error',
    param,
    code,
  });
});

const texts = responsesChecks.flatMap(({ name, texts: of }) =>
  Object.entries(of).map(([text, evidence]) => ({ name, text, evidence })),
);

test.each(texts.filter(({ evidence }) => evidence !== 'unverified'))(
  '$name: $text ($evidence) has a sample',
  ({ name, text }) => {
    expect(golden.filter((row) => row[0] === name && row[1] === text)).not.toEqual([]);
  },
);

test('a sample is of a text that the table has, and of one that is not unverified', () => {
  for (const [check, text] of golden)
    expect(texts.find((row) => row.name === check && row.text === text)?.evidence).not.toBeOneOf([undefined, 'unverified']);
});

test('the lengths of bodies are those that were captured', () => {
  const length = (answer: ErrorAnswer | undefined) => answer && utf8Length(errorText(answer, openai));
  const sample = (check: string) => {
    const [, , fields = {}, , , , measured] = golden.find((row) => row[0] === check) ?? [];
    return length(refusal(fields, measured));
  };
  expect(length(requestedModelNotFound('this-model-does-not-exist'))).toBe(191);
  expect(length(requestedModelNotFound('invalid-model'))).toBe(179);
  expect(sample('context window')).toBe(228);
  expect(sample('text: schema')).toBe(273);
  expect(sample('tools: schemas')).toBe(327);
  expect(length(refusal(item(reasoning(`rs_${'0'.repeat(48)}`))))).toBe(243);
});

/** The place of the check that a sample is of. */
const placeOf = ([check]: Golden) => responsesChecks.findIndex(({ name }) => name === check);
/** The fields that a sample has otherwise than the valid request, with those that it leaves out. */
const own = ([, , fields]: Golden): Record<string, unknown> => {
  const all = { ...Object.fromEntries(Object.keys(VALID).map((name) => [name, undefined])), ...fields };
  return Object.fromEntries(Object.entries(all).filter(([name, given]) => given !== (VALID as Record<string, unknown>)[name]));
};

/** Fields with which a request may do without a model or an input. */
const STANDS_IN = ['prompt', 'previous_response_id', 'conversation'];

/** A request that is wrong in both ways; undefined where one of them needs what the other has. */
function wrongInBoth(one: Golden, other: Golden): object | undefined {
  const [first, second] = [own(one), own(other)];
  if (one[1] === 'missing' && STANDS_IN.some((name) => Object.hasOwn(second, name))) return undefined;
  if (Object.keys(first).some((name) => Object.hasOwn(second, name))) return undefined;
  const all = Object.entries({ ...VALID, ...first, ...second });
  return Object.fromEntries(all.filter(([, given]) => given !== undefined));
}

/** What may have been meant depends on the other fields. */
const withoutHint = (message: string | undefined) => message?.replace(/ Did you mean .*/, '');

test('of two things that are wrong, the earlier in the order of the API is told', () => {
  const broken: unknown[] = [];
  let compared = 0;
  for (const earlier of golden) {
    for (const later of golden) {
      const both = placeOf(earlier) < placeOf(later) ? wrongInBoth(earlier, later) : undefined;
      if (both === undefined) continue;
      compared += 1;
      const told = refusal(both, { ...later[6], ...earlier[6] })?.error?.message;
      if (withoutHint(told) !== withoutHint(earlier[3])) broken.push([earlier[0], later[0], told]);
    }
  }
  expect(broken).toEqual([]);
  expect(compared).toBeGreaterThan(1_000);
});

test.each(Object.entries(responsesRules.fields))('%s is refused whatever is wrong with it', (name, rule) => {
  const found = violations(rule, name).filter(({ isNull }) => isNull !== true);
  expect(found).not.toEqual([]);
  for (const { path, value: given, code } of found) {
    const answer = refusal({ ...VALID, [name]: given });
    expect({ ...answer?.error, given }).toMatchObject({ type: 'invalid_request_error', param: path, code });
  }
});

test.each(Object.keys(responsesRules.fields).filter((name) => name !== 'input'))('%s may be null', (name) => {
  expect(refusal({ ...VALID, [name]: null })).toBeUndefined();
});

test.each<[string, object]>([
  ['a temperature of 1', on('gpt-5.6-terra', { temperature: 1 })],
  [
    'sampling of a model that is told not to reason',
    on('gpt-5.2', { reasoning: { effort: 'none' }, top_p: 0.5, temperature: 0 }),
  ],
  ['sampling of a model that does not reason', on('gpt-4o', { temperature: 0.2, top_p: 0.5, top_logprobs: 2 })],
  ['a schema that is not strict', on('gpt-4o', { tools: [{ type: 'function', name: 'f', parameters: schema }] })],
  ['parallel calls with their outputs', item(call('a'), call('b'), output('b'), output('a'))],
  ['reasoning before a call', item(reasoning('rs_x'), { ...call('a'), id: 'fc_x' }, output('a'))],
  ['an output to an earlier call', { model: 'm', previous_response_id: 'resp_x', input: [output('a')] }],
  ['an item that is meant by its id', item({ type: 'item_reference', id: 'msg_x' }, output('a'))],
  ['a stored prompt without model and input', { prompt: { id: `pmpt_${'0'.repeat(48)}` } }],
  ['an empty input after another response', { model: 'm', previous_response_id: 'resp_x', input: [] }],
  ['tokens within the window', on('gpt-5-nano')],
])('%s is accepted', (_what, fields) => {
  expect(refusal(fields)).toBeUndefined();
});

test('what Codex sends is accepted', () => {
  expect(
    refusal({
      model: 'gpt-5.3-codex',
      instructions: '',
      input: [
        {
          type: 'message',
          role: 'developer',
          id: 'msg_0195f3c2-7b1e-7a55-9d58-6ab6cf2b8d11',
          content: [{ type: 'input_text', text: 'x' }],
        },
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'x' }] },
        { type: 'reasoning', summary: [], encrypted_content: 'gAAAAABm0123456789-_=' },
        { type: 'message', role: 'assistant', phase: 'commentary', content: [{ type: 'output_text', text: 'x' }] },
        { type: 'function_call', id: 'fc_1', name: 'exec_command', namespace: 'shell', arguments: '{}', call_id: 'call_1' },
        { type: 'function_call_output', id: 'fco_0195f3c2-7b1e-7a55', call_id: 'call_1', output: 'done' },
        {
          type: 'message',
          role: 'user',
          content: [{ type: 'input_text', text: 'x' }],
          internal_chat_message_metadata_passthrough: { turn_id: '1' },
          metadata: { turn_id: '1' },
        },
      ],
      tools: [
        {
          type: 'function',
          name: 'exec_command',
          description: 'Runs',
          strict: false,
          parameters: { type: 'object', properties: {} },
        },
        { type: 'namespace', name: 'mcp__x', description: 'x', tools: [{ type: 'function', name: 'y', parameters: {} }] },
        { type: 'web_search', external_web_access: false },
        { type: 'custom', name: 'apply_patch', description: 'x', format: { type: 'grammar', syntax: 'lark', definition: 'x' } },
      ],
      tool_choice: 'auto',
      parallel_tool_calls: true,
      reasoning: { effort: 'medium', summary: 'auto' },
      store: false,
      stream: true,
      include: ['reasoning.encrypted_content'],
      prompt_cache_key: '0195f3c2',
      text: { verbosity: 'low' },
      client_metadata: { 'x-codex-window-id': '1' },
    }),
  ).toBeUndefined();
});
