import { expect, test } from 'vitest';
import { openai } from '../../../../../src/core/openai/dialects/openai/dialect.ts';
import { errorText } from '../../../../../src/core/openai/errors/error.ts';
import { utf8Length } from '../../../../../src/core/text/utf8.ts';
import { answering, calling, HELLO, messages, parts, TOOLS, tool, user } from '../../../../support/chat-fields.ts';
import { refusal, refusalOf } from '../../../../support/refusal.ts';

/** Row of wire.md 1.1, or where else the text is from; the request; message, param and code of the answer. */
const golden: readonly (readonly [row: string, fields: object, message: string, param: string | null, code: string | null])[] = [
  [
    '400-3',
    messages(user([{}])),
    "Missing required parameter: 'messages[0].content[0].type'.",
    'messages[0].content[0].type',
    'missing_required_parameter',
  ],
  [
    '400-4',
    messages(HELLO, user({})),
    "Invalid type for 'messages[1].content': expected one of a string or array of objects, but got an object instead.",
    'messages[1].content',
    'invalid_type',
  ],
  [
    '400-5',
    { metadata: { modified: true } },
    "Invalid type for 'metadata.modified': expected a string, but got a boolean instead.",
    'metadata.modified',
    'invalid_type',
  ],
  [
    '400-6',
    messages(user(['Hello'])),
    "Invalid type for 'messages[0].content[0]': expected an object, but got a string instead.",
    'messages[0].content[0]',
    'invalid_type',
  ],
  [
    '400-7',
    messages({ role: 'robot', content: '' }),
    "Invalid value: 'robot'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.",
    'messages[0].role',
    'invalid_value',
  ],
  [
    '400-8',
    { model: 'o1-mini', ...messages({ role: 'system', content: '' }) },
    "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
    'messages[0].role',
    'unsupported_value',
  ],
  [
    '400-9',
    { model: 'o3-mini', max_tokens: 5 },
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    'max_tokens',
    'unsupported_parameter',
  ],
  [
    '400-10',
    { model: 'gpt-5', temperature: 0.16 },
    "Unsupported value: 'temperature' does not support 0.16 with this model. Only the default (1) value is supported.",
    'temperature',
    'unsupported_value',
  ],
  [
    '400-11',
    { n: 130 },
    "Invalid 'n': integer above maximum value. Expected a value <= 128, but got 130 instead.",
    'n',
    'integer_above_max_value',
  ],
  [
    '400-12',
    { max_tokens: -1 },
    "Invalid 'max_tokens': integer below minimum value. Expected a value >= 1, but got -1 instead.",
    'max_tokens',
    'integer_below_min_value',
  ],
  [
    '400-13',
    { temperature: -1 },
    "Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -1 instead.",
    'temperature',
    'decimal_below_min_value',
  ],
  [
    '400-14 (unverified)',
    { temperature: 3 },
    "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 3 instead.",
    'temperature',
    'decimal_above_max_value',
  ],
  [
    '400-15',
    messages(...Array(17).fill(HELLO), user('x'.repeat(1_744_259))),
    "Invalid 'messages[17].content': string too long. Expected a string with maximum length 1048576, but got a string with length 1744259 instead.",
    'messages[17].content',
    'string_above_max_length',
  ],
  [
    '400-16',
    { tools: Array(150).fill(tool({})) },
    "Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length 150 instead.",
    'tools',
    'array_above_max_length',
  ],
  [
    '400-17',
    messages(),
    "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
    'messages',
    'empty_array',
  ],
  ['400-18', { reasoning_effort: 'low' }, 'Unrecognized request argument supplied: reasoning_effort', null, null],
  ['400-18', { a: 1, n: 'x', b: 2 }, 'Unrecognized request arguments supplied: a, b', null, null],
  [
    '400-19',
    { response_format: { type: 'json_schema', json_schema: { name: 'a', schema: {} }, schema: {} } },
    "Unknown parameter: 'response_format.schema'.",
    'response_format.schema',
    'unknown_parameter',
  ],
  [
    '400-25',
    { max_tokens: 20_480 },
    'max_tokens is too large: 20480. This model supports at most 16384 completion tokens, whereas you provided 20480.',
    'max_tokens',
    'invalid_value',
  ],
  [
    '400-27',
    parts({ type: 'image_url', image_url: { url: 'http://localhost:3000/cat.png' } }),
    'Error while downloading http://localhost:3000/cat.png.',
    null,
    'invalid_image_url',
  ],
  [
    '400-28',
    parts({ type: 'image_url', image_url: { url: 'data:image/bmp;base64,Qk0=' } }),
    "You uploaded an unsupported image. Please make sure your image has of one the following formats: ['png', 'jpeg', 'gif', 'webp'].",
    null,
    'invalid_image_format',
  ],
  [
    '400-29',
    messages(HELLO, HELLO, HELLO, user([{ type: 'refusal', refusal: 'No.' }])),
    "Invalid 'messages[3]'. Content blocks are expected to be either text or image_url type.",
    'messages[3]',
    'invalid_value',
  ],
  [
    '400-30',
    messages(HELLO, answering('call_1')),
    "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
    'messages.[1].role',
    null,
  ],
  [
    '400-31',
    messages(HELLO, calling('call_1', 'call_2'), answering('call_1'), HELLO),
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: call_2",
    'messages.[3].role',
    null,
  ],
  [
    '400-32',
    {
      tools: [
        tool({
          strict: true,
          parameters: {
            type: 'object',
            properties: { value: { type: 'object', properties: {} } },
            required: ['value'],
            additionalProperties: false,
          },
        }),
      ],
    },
    "Invalid schema for function 'f': In context=('properties', 'value'), 'additionalProperties' is required to be supplied and to be false.",
    'tools[0].function.parameters',
    'invalid_function_parameters',
  ],
  [
    '400-32',
    { tools: [tool({ parameters: {} })] },
    "Invalid schema for function 'f': schema must be a JSON Schema of 'type: \"object\"', got 'type: \"None\"'.",
    'tools[0].function.parameters',
    'invalid_function_parameters',
  ],
  ['400-33', { web_search_options: {} }, 'Web search options not supported with this model.', 'web_search_options', null],
  [
    '400-41',
    { model: 'o4-mini', ...TOOLS, parallel_tool_calls: true },
    "Unsupported parameter: 'parallel_tool_calls' is not supported with this model.",
    'parallel_tool_calls',
    'unsupported_parameter',
  ],
  [
    '400-42',
    { model: 'gpt-5.6-sol', reasoning_effort: 'minimal' },
    "Unsupported value: 'reasoning_effort' does not support 'minimal' with this model. Supported values are: 'none', 'low', 'medium', 'high', 'xhigh'.",
    'reasoning_effort',
    'unsupported_value',
  ],
  [
    '400-43',
    { model: 'gpt-5.4', ...TOOLS, reasoning_effort: 'low' },
    'Function tools with reasoning_effort are not supported for gpt-5.4 in /v1/chat/completions. Please use /v1/responses instead.',
    'reasoning_effort',
    null,
  ],
  [
    '400-43',
    { model: 'gpt-5.6-terra', ...TOOLS },
    "Function tools with reasoning_effort are not supported for gpt-5.6-terra in /v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to 'none'.",
    'reasoning_effort',
    null,
  ],
  [
    'public reports',
    { stream_options: {} },
    "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
    'stream_options',
    null,
  ],
  [
    'analogy',
    { top_logprobs: 2 },
    "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.",
    'top_logprobs',
    null,
  ],
  [
    'public reports',
    { tool_choice: 'none' },
    "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
    'tool_choice',
    null,
  ],
  [
    'public reports',
    { max_tokens: 5, max_completion_tokens: 5 },
    "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
    'max_tokens',
    'invalid_parameter_combination',
  ],
  [
    'public reports',
    { response_format: { type: 'json_object' } },
    "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
    'messages',
    null,
  ],
  [
    'public reports',
    messages(user(null)),
    "Invalid value for 'content': expected a string, got null.",
    'messages.[0].content',
    null,
  ],
  [
    'public reports',
    { metadata: Object.fromEntries(Array.from({ length: 24 }, (_, i) => [i, ''])) },
    "Invalid 'metadata': too many properties. Expected an object with at most 16 properties, but got an object with 24 properties instead.",
    'metadata',
    'object_above_max_properties',
  ],
  [
    'public reports',
    { tools: [{ type: 'function', function: { name: 'get_/whoami' } }] },
    "Invalid 'tools[0].function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
    'tools[0].function.name',
    'invalid_value',
  ],
  [
    'public reports',
    { response_format: { type: 'object' } },
    "Invalid value: 'object'. Supported values are: 'json_object', 'json_schema', and 'text'.",
    'response_format.type',
    'invalid_value',
  ],
  [
    'template',
    { seed: 1e19 },
    "Invalid 'seed': integer above maximum value. Expected a value <= 9223372036854775807, but got 10000000000000000000 instead.",
    'seed',
    'integer_above_max_value',
  ],
  [
    'public reports',
    { logit_bias: { AI: 10 } },
    "Invalid key in 'logit_bias': AI. You should only be submitting non-negative integers.",
    'logit_bias',
    null,
  ],
  [
    'public reports',
    { function_call: 'none' },
    "Invalid value for 'function_call': 'function_call' is only allowed when 'functions' are specified.",
    'function_call',
    null,
  ],
];

test.each(golden)('%s: %j', (_row, fields, message, param, code) => {
  expect(refusal(fields)).toMatchObject({
    status: 400,
    layer: 'api',
    error: { message, type: 'invalid_request_error', param, code },
  });
});

test.each([
  [258, parts({ type: 'image_url', image_url: { url: 'data:image/tiff;base64,AA==' } })],
  [219, { response_format: { type: 'json_object' } }],
])('%i bytes, as in captures', (bytes, fields) => {
  const answer = refusal(fields);
  expect(answer && utf8Length(errorText(answer, openai))).toBe(bytes);
});

test.each([
  ['o1-pro', 'This model is only supported in v1/responses and not in v1/chat/completions.'],
  ['o4-mini-deep-research-2025-06-26', 'This model is only supported in v1/responses and not in v1/chat/completions.'],
  ['gpt-rosalind-research', 'This model is only supported in v1/responses and not in v1/chat/completions.'],
  ['gpt-5-codex', 'This model is only supported in v1/responses and not in v1/chat/completions.'],
  [
    'gpt-3.5-turbo-instruct',
    'This is not a chat model and thus not supported in the v1/chat/completions endpoint. Did you mean to use v1/completions?',
  ],
  [
    'text-embedding-3-small',
    'This is not a chat model and thus not supported in the v1/chat/completions endpoint. Did you mean to use v1/completions?',
  ],
])('%s does not chat', (model, message) => {
  expect(refusal({ model, n: 'x' })).toMatchObject({ status: 404, error: { message, param: 'model', code: null } });
});

test.each([
  ['{"temperature":1e999}', 'Expected a value <= 2, but got inf instead.'],
  ['{"temperature":-1e999}', 'Expected a value >= 0, but got -inf instead.'],
  ['{"temperature":-1e-7}', 'Expected a value >= 0, but got -1e-07 instead.'],
  ['{"n":1e999}', "Invalid type for 'n': expected an integer, but got a decimal instead."],
  ['{"model":"gpt-5","temperature":1e999}', 'Expected a value <= 2, but got inf instead.'],
  ['{"max_tokens":1e21}', 'whereas you provided 1e+21.'],
])('%s is told as Python would', (json, message) => {
  expect(refusal(JSON.parse(json) as object)?.error?.message).toContain(message);
});

test.each([
  ['stop', { model: 'o3', stop: 'x' }],
  ['top_p', { model: 'o1', top_p: 0.5 }],
  ['logprobs', { model: 'gpt-5', logprobs: true }],
  ['logit_bias', { model: 'gpt-5.5', logit_bias: { 5: 1 } }],
])('reasoning models lack %s', (param, fields) => {
  expect(refusal(fields)?.error).toMatchObject({ param, code: 'unsupported_parameter' });
});

test.each([
  [messages(HELLO, calling('a')), 'messages.[2].role'],
  [messages(HELLO, calling('a'), answering('a'), answering('b')), 'messages.[3].role'],
  [messages(calling('a'), answering('a'), HELLO, answering('a')), 'messages.[3].role'],
  [messages(calling('a'), calling('b'), answering('b')), 'messages.[1].role'],
])('calls and answers belong together: %#', (fields, param) => {
  expect(refusal(fields)?.error?.param).toBe(param);
});

test('the first error wins', () => {
  const wrong = { unheard_of: 1, messages: undefined, n: 'x', model: 'gpt-4o' };
  expect(refusal(wrong)?.error?.message).toContain('unheard_of');
  // In the order of the API, not of the request.
  expect(refusal({ temperature: 9, n: 'x' })?.error?.param).toBe('n');
  expect(refusal({ stream: 'x', verbosity: 'x', store: 7 })?.error?.param).toBe('stream');
  expect(refusal({ model: 'gpt-5', max_tokens: 'x', temperature: 0 })?.error?.code).toBe('invalid_type');
});

test('a request without messages is told so before anything is said of its fields', () => {
  const body = { model: 'gpt-4o', unheard_of: 1, n: 'x' };
  expect(refusalOf({ body })?.error?.message).toBe("Missing required parameter: 'messages'.");
});
