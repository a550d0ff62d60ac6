import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bodyOf, chat, messageOf } from '../../../../support/chat.ts';
import { propertyRuns } from '../../../../support/property-runs.ts';

const WEATHER = {
  type: 'function',
  function: {
    name: 'get_weather',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' }, unit: { enum: ['c', 'f'] } },
      required: ['city', 'unit'],
      additionalProperties: false,
    },
  },
};
const STOCK = {
  type: 'function',
  function: {
    name: 'get_stock',
    parameters: { type: 'object', properties: {} },
  },
};

function firstChoice(...parameters: Parameters<typeof chat>) {
  const body = bodyOf(chat(...parameters));
  const [choice] = body.choices;
  if (choice === undefined) throw new Error('the answer has no choice');
  return {
    ...choice,
    tokens: body.usage.completion_tokens,
    content: choice.message.content ?? '',
  };
}

test('equal requests are answered with equal texts, others with others', () => {
  const about = (content: string) => firstChoice({ messages: [{ role: 'user', content }] }).content;
  expect(about('cats')).toBe(about('cats'));
  expect(about('cats')).not.toBe(about('dogs'));
});

test('prose is a few whole sentences', () => {
  fc.assert(
    fc.property(fc.string(), (content) => {
      const answer = firstChoice({ messages: [{ role: 'user', content }] });
      expect(answer.content).toMatch(/^[A-Z].*[.!?]$/);
      expect(answer.tokens).toBeGreaterThanOrEqual(20);
      expect(answer.tokens).toBeLessThan(90);
      expect(answer.finish_reason).toBe('stop');
    }),
  );
});

test.each(['estimate', 'exact'] as const)('prose of a length has exactly that length: %s', (tokens) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 }), (length) => firstChoice({}, { tokens: length }, { tokens }).tokens === length),
  );
});

test('the choices of one answer differ', () => {
  const contents = bodyOf(chat({ n: 4 })).choices.map(({ message }) => message.content);
  expect(new Set(contents).size).toBe(4);
});

test('the completion tokens are those of all choices', () => {
  expect(bodyOf(chat({ n: 3 }, { tokens: 10 })).usage.completion_tokens).toBe(30);
});

test('an echo is the last message of the user', () => {
  expect(firstChoice({ messages: [{ role: 'user', content: 'Say this.' }] }, { echo: true }).content).toBe('Say this.');
});

test('a JSON value is printed on one line', () => {
  expect(firstChoice({}, { json: { a: [1, null] } }).content).toBe('{"a":[1,null]}');
  expect(firstChoice({}, { json: null }).content).toBe('null');
});

test.each([
  ['three', 'one two '],
  [['four', 'two'], 'one '],
  [['nothing of it'], 'one two three four'],
  [['one'], ''],
  ['', 'one two three four'],
  [[7, null, 'two'], 'one '],
])('the answer ends before the stop sequence %j', (stop, expected) => {
  expect(firstChoice({ stop }, { content: 'one two three four' })).toMatchObject({ content: expected, finish_reason: 'stop' });
});

test.each([
  [{ max_tokens: 2 }, 'one two', 'length'],
  [{ max_completion_tokens: 3, max_tokens: 9 }, 'one two three', 'length'],
  [{ max_tokens: 4 }, 'one two three four', 'stop'],
  [{ max_tokens: 2, stop: 'two' }, 'one ', 'stop'],
  [{ max_tokens: 1, stop: 'three' }, 'one', 'length'],
])('an answer is cut at %j', (fields, content, finish_reason) => {
  expect(firstChoice(fields, { content: 'one two three four' })).toMatchObject({
    content,
    finish_reason,
  });
});

test('an answer is not longer than its model allows', () => {
  const models = [{ id: 'tiny', maxOutputTokens: 3 }];
  expect(firstChoice({ model: 'tiny' }, { tokens: 50 }, { models })).toMatchObject({ tokens: 3, finish_reason: 'length' });
});

test('the limit cuts JSON too', () => {
  const answer = firstChoice({ max_tokens: 3 }, { json: { a: 'a long text of many tokens' } });
  expect(answer).toMatchObject({ tokens: 3, finish_reason: 'length' });
  expect(() => JSON.parse(answer.content) as unknown).toThrow(SyntaxError);
});

test('the limit cuts the arguments of tool calls, and drops the calls behind it', () => {
  const toolCalls = [
    { name: 'f', arguments: { a: 'some words that go on' } },
    { name: 'g', arguments: {} },
  ];
  const { message, finish_reason } = firstChoice({ max_tokens: 4 }, { toolCalls });
  expect(finish_reason).toBe('length');
  expect(message.tool_calls).toHaveLength(1);
});

test('the scenario has the last word on the finish reason', () => {
  expect(firstChoice({}, { content: 'Hm', finishReason: 'content_filter' })).toMatchObject({
    content: 'Hm',
    finish_reason: 'content_filter',
  });
});

test('json_object is answered with a JSON object', () => {
  expect(JSON.parse(firstChoice({ response_format: { type: 'json_object' } }).content)).toEqual({
    answer: expect.any(String) as string,
  });
});

test('json_schema is answered with JSON that satisfies the schema', () => {
  const schema = WEATHER.function.parameters;
  const { content } = firstChoice({
    response_format: {
      type: 'json_schema',
      json_schema: { name: 'w', strict: true, schema },
    },
  });
  expect(new Ajv2020().validate(schema, JSON.parse(content))).toBe(true);
});

test('a schema that nothing satisfies is answered with an empty object', () => {
  const schema = {
    type: 'object',
    properties: { again: { $ref: '#' } },
    required: ['again'],
  };
  expect(
    firstChoice({
      response_format: { type: 'json_schema', json_schema: { schema } },
    }).content,
  ).toBe('{}');
});

test.each([
  ['required', 'tool_calls'],
  [{ type: 'function', function: { name: 'get_weather' } }, 'stop'],
  [
    {
      type: 'allowed_tools',
      allowed_tools: {
        mode: 'required',
        tools: [{ type: 'function', function: { name: 'get_weather' } }],
      },
    },
    'tool_calls',
  ],
])('tool_choice %j calls the function with arguments of its schema', (tool_choice, finish_reason) => {
  const tools = tool_choice === 'required' ? [WEATHER] : [STOCK, WEATHER];
  const choice = firstChoice({ tools, tool_choice });
  const [call] = choice.message.tool_calls ?? [];
  expect(choice.finish_reason).toBe(finish_reason);
  expect(call?.function.name).toBe('get_weather');
  expect(new Ajv2020().validate(WEATHER.function.parameters, JSON.parse(call?.function.arguments ?? ''))).toBe(true);
});

test('a function without a schema is called without arguments', () => {
  const choice = firstChoice({
    tools: [{ type: 'function', function: { name: 'now' } }],
    tool_choice: 'required',
  });
  expect(choice.message.tool_calls?.[0]?.function).toEqual({
    name: 'now',
    arguments: '{}',
  });
});

test.each([undefined, 'auto', 'none', { type: 'function', function: { name: 'unknown' } }, { type: 'custom' }, 7])(
  'tool_choice %j is answered in prose',
  (tool_choice) => {
    expect(messageOf(chat({ tools: [WEATHER], tool_choice })).tool_calls).toBeUndefined();
  },
);

test('arguments given as text are the text that the model writes', () => {
  const { message } = firstChoice({}, { toolCalls: [{ name: 'f', arguments: '{"broken' }] });
  expect(message.tool_calls?.[0]?.function.arguments).toBe('{"broken');
});

test('no value of any field makes the answer fail', () => {
  const odd = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<unknown>(-1, 0, 1.5, 1e21, 129, 'required', [[]], {}, { type: 'json_schema' }, { type: 'function' }),
    fc.record({
      type: fc.constantFrom('function', 'allowed_tools', 'json_schema', 'json_object'),
      function: fc.jsonValue(),
      json_schema: fc.jsonValue(),
      allowed_tools: fc.jsonValue(),
    }),
  );
  const names = [
    'model',
    'messages',
    'n',
    'stop',
    'max_tokens',
    'max_completion_tokens',
    'response_format',
    'tools',
    'tool_choice',
    'stream_options',
  ];
  const fields = fc.dictionary(fc.constantFrom(...names), odd);
  fc.assert(
    fc.property(fields, fc.boolean(), (given, stream) => {
      const reply = chat({ ...given, stream });
      expect(reply.head?.status).toBe(200);
      expect(reply.effects.at(-1)).toEqual({ type: 'end' });
    }),
    { numRuns: propertyRuns(100) },
  );
});
