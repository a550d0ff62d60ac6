import { expect, test } from 'vitest';
import { bodyOf, type ChatFields, chat, chunksOf, eventsOf } from '../../support/chat.ts';

const FUNCTIONS = [
  { name: 'other', parameters: { type: 'object', properties: {} } },
  {
    name: 'get_weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
  },
];
const SCRIPTED = { toolCalls: [{ name: 'get_weather', arguments: { city: 'Paris' } }] };

type LegacyMessage = { content: null; function_call?: { name: string; arguments: string }; tool_calls?: unknown };

function answer(fields: ChatFields, reply = {}) {
  const [choice] = bodyOf(chat({ functions: FUNCTIONS, ...fields }, reply)).choices;
  return { message: choice?.message as unknown as LegacyMessage, finish: choice?.finish_reason };
}

test('a named function is called, with arguments that fit its schema', () => {
  const { message, finish } = answer({ function_call: { name: 'get_weather' } });
  expect(Object.keys(message)).toEqual(['role', 'content', 'function_call', 'refusal', 'annotations']);
  expect(message.content).toBeNull();
  expect(message.function_call?.name).toBe('get_weather');
  expect(JSON.parse(message.function_call?.arguments ?? '')).toEqual({ city: expect.any(String) });
  expect(finish).toBe('stop');
});

test('a call of the scenario becomes a function call', () => {
  const { message, finish } = answer({}, SCRIPTED);
  expect(message.function_call).toEqual({ name: 'get_weather', arguments: '{"city":"Paris"}' });
  expect(message).not.toHaveProperty('tool_calls');
  expect(finish).toBe('function_call');
});

test('a request with tools too gets a tool call', () => {
  const tools = [{ type: 'function', function: { name: 'f' } }];
  expect(answer({ tools }, SCRIPTED).message.tool_calls).toHaveLength(1);
});

test.each([{ function_call: 'auto' }, { function_call: 'none' }, {}, { function_call: { name: 'unheard_of' } }])(
  '%j leaves the answer a text',
  (fields) => {
    expect(answer(fields).message.content).toEqual(expect.any(String));
  },
);

test('a stream names the function first and then says its arguments', () => {
  const reply = chat({ functions: FUNCTIONS, stream: true }, SCRIPTED);
  const deltas = chunksOf(reply).map(({ choices }) => choices[0]?.delta as Partial<LegacyMessage>);
  expect(deltas[0]).toEqual({
    role: 'assistant',
    content: null,
    function_call: { name: 'get_weather', arguments: '' },
    refusal: null,
  });
  expect(deltas.map((delta) => delta.function_call?.arguments ?? '').join('')).toBe('{"city":"Paris"}');
  expect(eventsOf(reply).at(-1)).toContain('"delta":{},"logprobs":null,"finish_reason":"function_call"');
});

test('a call is cut where the request has it end', () => {
  const { message, finish } = answer({ max_tokens: 4 }, SCRIPTED);
  expect('{"city":"Paris"}'.startsWith(message.function_call?.arguments ?? '?')).toBe(true);
  expect(finish).toBe('length');
});
