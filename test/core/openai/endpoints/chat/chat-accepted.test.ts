import { expect, test } from 'vitest';
import { answering, calling, HELLO, messages, parts, TOOLS, tool } from '../../../../support/chat-fields.ts';
import { refusal } from '../../../../support/refusal.ts';

test.each([
  ['a tool call that is answered', messages(HELLO, calling('a', 'b'), answering('b'), answering('a'), HELLO)],
  ['two rounds of calls', messages(HELLO, calling('a'), answering('a'), calling('a'), answering('a'))],
  ['an assistant without content that calls', messages(HELLO, calling('a'), answering('a'))],
  ['an assistant that refused', messages(HELLO, { role: 'assistant', content: null, refusal: 'No.' }, HELLO)],
  ['fields of a message that nobody knows', messages({ ...HELLO, reasoning_content: 'x', annotations: [] })],
  [
    'an answer sent back as it came',
    messages(HELLO, { role: 'assistant', content: 'Hi', refusal: null, annotations: [] }, HELLO),
  ],
  ['an image', parts({ type: 'text', text: '' }, { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } })],
  ['a link to an image', parts({ type: 'image_url', image_url: { url: 'https://example.com/a', detail: 'low' } })],
  [
    'a schema of draft 7',
    {
      tools: [
        tool({
          parameters: {
            $schema: 'http://json-schema.org/draft-07/schema#',
            type: 'object',
            properties: { a: { type: 'array', items: { type: 'string' } } },
          },
        }),
      ],
    },
  ],
  [
    'a strict schema',
    {
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'a',
          strict: true,
          schema: {
            type: 'object',
            properties: { a: { $ref: '#/$defs/b' } },
            required: ['a'],
            additionalProperties: false,
            $defs: { b: { type: ['string', 'null'], pattern: '^a$' } },
          },
        },
      },
    },
  ],
  ['JSON in any case', { response_format: { type: 'json_object' }, ...parts({ type: 'text', text: 'as Json' }) }],
  [
    'defaults of a reasoning model',
    { model: 'gpt-5', temperature: 1, top_p: 1, presence_penalty: 0, logprobs: false, max_tokens: null, logit_bias: {} },
  ],
  ['sampling of a model that does not reason', { model: 'gpt-5.2', reasoning_effort: 'none', temperature: 0.5, top_p: 0.5 }],
  ['sampling of a model that does not reason by itself', { model: 'gpt-5.1', temperature: 0.5, logprobs: true }],
  ['tools without reasoning', { model: 'gpt-5.6-terra', ...TOOLS, reasoning_effort: 'none' }],
  ['tools with the reasoning that gpt-5.4 does by itself', { model: 'gpt-5.4', ...TOOLS }],
  ['the effort of gpt-5', { model: 'gpt-5-mini', reasoning_effort: 'minimal', verbosity: 'low' }],
  ['web search', { model: 'gpt-4o-search-preview', web_search_options: {} }],
  [
    'audio',
    {
      model: 'gpt-4o-audio-preview',
      ...parts({ type: 'input_audio', input_audio: { data: '', format: 'wav' } }),
      modalities: ['text', 'audio'],
      audio: { voice: 'alloy', format: 'mp3' },
    },
  ],
  ['a named tool', { ...TOOLS, tool_choice: { type: 'function', function: { name: 'f' } }, parallel_tool_calls: false }],
  ['functions of 2023', { functions: [{ name: 'f', parameters: { type: 'object', properties: {} } }], function_call: 'auto' }],
  ['no detail of an image', parts({ type: 'image_url', image_url: { url: 'https://example.com/a', detail: null } })],
  ['nothing said of the usage', { stream: true, stream_options: { include_usage: null, include_obfuscation: null } }],
  ['no format', { response_format: null }],
  [
    'a schema without description',
    {
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'a', description: null, schema: { type: 'object', properties: {} } },
      },
    },
  ],
  ['no word to stop at', { stop: [] }],
  ['no log probabilities', { top_logprobs: 0, logprobs: false }],
  ['a tool that nobody has', { ...TOOLS, tool_choice: { type: 'function', function: { name: 'g' } } }],
  ['the largest seed', { seed: Number('9223372036854775807') }],
])('%s is taken', (_what, fields) => {
  expect(refusal(fields)).toBeUndefined();
});
