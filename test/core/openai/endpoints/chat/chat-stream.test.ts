import fc from 'fast-check';
import { expect, test } from 'vitest';
import { paddingFor } from '../../../../../src/core/openai/endpoints/chat/chat-chunk.ts';
import { healthyReply } from '../../../../../src/core/openai/endpoints/healthy-reply.ts';
import type { ReplySpec } from '../../../../../src/core/openai/request/answer-settings.ts';
import { libraries } from '../../../../../src/libraries.ts';
import { assembled, bodyOf, type ChatFields, chat, chunksOf, eventsOf } from '../../../../support/chat.ts';
import { collect, headerOf } from '../../../../support/effects.ts';
import { apiRequest, plainSettings, replyContext } from '../../../../support/reply-context.ts';

const USAGE = { stream: true, stream_options: { include_usage: true } };
const PLAIN = { stream: true, stream_options: { include_obfuscation: false } };

function stream(fields: ChatFields = {}, reply: ReplySpec = {}) {
  return chat({ stream: true, ...fields }, reply);
}

/** The event with what is drawn replaced. */
function shape(event: string): string {
  return event.replace(/[0-9A-Za-z]{24}(?=",)/g, 'X').replace(/fp_[0-9a-f]{10}/, 'fp_Y');
}

test('the events of a stream are those of the capture, byte for byte', () => {
  const reply = stream(PLAIN, { content: 'The meaning' });
  const head =
    '{"id":"chatcmpl-E0AeSX","object":"chat.completion.chunk","created":1783709652,"model":"gpt-4o-2024-08-06",' +
    '"service_tier":"default","system_fingerprint":"fp_Y","choices":[{"index":0,"delta":';
  expect(eventsOf(reply).map(shape)).toEqual([
    `${head}{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}]}`,
    `${head}{"content":"The"},"logprobs":null,"finish_reason":null}]}`,
    `${head}{"content":" meaning"},"logprobs":null,"finish_reason":null}]}`,
    `${head}{},"logprobs":null,"finish_reason":"stop"}]}`,
  ]);
});

test('every event is one write, the last ones [DONE] and the end', () => {
  const { effects, head } = stream({}, { content: 'Hi' });
  expect(effects.map(({ type }) => type)).toEqual(['head', 'write', 'write', 'write', 'write', 'end']);
  expect(effects.at(-2)).toEqual({ type: 'write', data: 'data: [DONE]\n\n', event: 'sentinel' });
  for (const effect of effects) if (effect.type === 'write') expect(effect.data).toMatch(/^data: [^\n]+\n\n$/);
  expect(head?.status).toBe(200);
});

test('an answer that nothing changes has the same events in fewer writes', () => {
  const body = fc.record({
    kind: fc.constantFrom('content', 'refusal', 'tokens'),
    text: fc.string({ unit: 'binary', minLength: 1, maxLength: 400 }),
    includeUsage: fc.boolean(),
    includeObfuscation: fc.boolean(),
    model: fc.constantFrom('gpt-4o', 'o3'),
  });
  fc.assert(
    fc.property(body, ({ kind, text, includeUsage, includeObfuscation, model }) => {
      const reply: ReplySpec = kind === 'tokens' ? { tokens: 300 } : { [kind]: text };
      const fields = { include_usage: includeUsage, include_obfuscation: includeObfuscation };
      const request = apiRequest({
        body: { model, messages: [{ role: 'user', content: 'Hi' }], stream: true, stream_options: fields },
      });
      const read = (unchanged: boolean) =>
        collect(healthyReply(replyContext({ request, libraries, settings: { ...plainSettings, reply }, unchanged })));
      const [apart, together] = [read(false), read(true)];
      expect(together.text).toBe(apart.text);
      const held = together.effects.flatMap((effect) => (effect.type === 'write' && effect.holds ? [effect.holds] : []));
      const contents = apart.effects.filter((effect) => effect.type === 'write' && effect.event === 'content').length;
      expect(held.reduce((total, each) => total + each.contents, 0)).toBe(contents);
      for (const effect of together.effects) {
        if (effect.type === 'write' && effect.holds) expect(effect.holds.bytes).toBe(Buffer.byteLength(effect.data));
      }
      if (kind === 'tokens') expect(together.effects.length).toBeLessThan(apart.effects.length / 10);
    }),
  );
});

test('the headers are those of a completion, but for the content type', () => {
  const reply = stream();
  expect(headerOf(reply, 'content-type')).toBe('text/event-stream; charset=utf-8');
  expect(reply.head?.headers.map(([name]) => name)).toEqual(chat().head?.headers.map(([name]) => name));
});

test('with include_usage every chunk has a null usage before the obfuscation, and the last but one has the usage', () => {
  const events = eventsOf(chat(USAGE, { content: 'Hello there.' }));
  for (const event of events.slice(0, -1)) expect(event).toMatch(/\],"usage":null,"obfuscation":"[0-9A-Za-z]*"}$/);
  expect(events.at(-1)).toMatch(
    /"choices":\[\],"usage":\{"prompt_tokens":11,"completion_tokens":3,.*\},"obfuscation":"[0-9A-Za-z]*"}$/,
  );
});

test('without include_usage no chunk has a usage', () => {
  expect(stream().text).not.toContain('"usage"');
});

test('reasoning models leave logprobs out', () => {
  expect(stream({ model: 'gpt-5-mini' }).text).not.toContain('logprobs');
});

test('the captured line had as much obfuscation as the rule says', () => {
  const captured =
    '{"id":"chatcmpl-DQcd8iR3VKnlPcAmoslfFgJtCAXDn","object":"chat.completion.chunk","created":1775237394,' +
    '"model":"gpt-4o-mini-2024-07-18","service_tier":"default","system_fingerprint":"fp_162d3c480f","choices":[{"index":0,' +
    '"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}],"obfuscation":"IPIiuU"}';
  expect(paddingFor(captured.length - 'IPIiuU'.length)).toBe('IPIiuU'.length);
});

test('every chunk of every stream is JSON with a length of one more than a multiple of sixteen', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.boolean(),
      (content, model, include_usage) => {
        for (const event of eventsOf(chat({ model, stream: true, stream_options: { include_usage } }, { content }))) {
          const { obfuscation } = JSON.parse(event) as { obfuscation: string };
          expect([...event].length % 16).toBe(1);
          expect(obfuscation).toMatch(/^[0-9A-Za-z]{0,15}$/);
        }
      },
    ),
  );
});

test.each<[string, ChatFields, ReplySpec]>([
  ['prose', {}, {}],
  ['prose of a length', {}, { tokens: 333 }],
  ['several choices', { n: 3 }, {}],
  [
    'echo',
    {
      messages: [{ role: 'user', content: 'naïve 🎉 "quotes"\n\ttabs \ud800 漢字' }],
    },
    { echo: true },
  ],
  ['nothing', {}, { content: '' }],
  ['a refusal', {}, { refusal: 'I cannot help with that.' }],
  ['JSON', {}, { json: { a: [1, 'two', null] } }],
  [
    'one tool call',
    {},
    {
      toolCalls: [{ name: 'get_weather', arguments: { city: 'Paris', days: 3 } }],
    },
  ],
  [
    'parallel tool calls',
    { n: 2 },
    {
      toolCalls: [
        { name: 'a', arguments: { x: 1 } },
        { name: 'b', arguments: '{broken' },
        { name: 'c', arguments: {} },
      ],
    },
  ],
  ['a cut', { max_tokens: 5 }, {}],
  [
    'a cut tool call',
    { max_tokens: 6 },
    {
      toolCalls: [{ name: 'get_weather', arguments: { city: 'Paris', days: 3 } }],
    },
  ],
  ['a stop sequence', { stop: ['the', '!'] }, {}],
  [
    'a schema',
    {
      response_format: {
        type: 'json_schema',
        json_schema: {
          schema: {
            type: 'object',
            properties: { a: { type: 'string' } },
            required: ['a'],
          },
        },
      },
    },
    {},
  ],
  ['an overridden finish', {}, { finishReason: 'content_filter' }],
])('a stream says what the completion says, at the same cost: %s', (_, fields, reply) => {
  for (const tokens of ['estimate', 'exact'] as const) {
    const completion = bodyOf(chat(fields, reply, { tokens }));
    const streamed = chat({ ...fields, ...USAGE }, reply, { tokens });
    const expected = completion.choices.map(({ message, finish_reason }) => ({
      message: withoutAnnotations(message),
      finish_reason,
    }));
    expect(assembled(streamed)).toEqual(expected);
    expect(chunksOf(streamed).at(-1)?.usage).toEqual(completion.usage);
    expect(chunksOf(streamed)[0]?.id).toBe(completion.id);
  }
});

function withoutAnnotations(message: object): object {
  return Object.fromEntries(Object.entries(message).filter(([key]) => key !== 'annotations'));
}

test('there is one content chunk a token', () => {
  const chunks = chunksOf(chat(USAGE, { tokens: 77 }));
  expect(chunks.filter(({ choices }) => choices[0]?.delta.content)).toHaveLength(77);
  expect(chunks.at(-1)?.usage?.completion_tokens).toBe(77);
});

test('one tool call begins in the first chunk, which has no other', () => {
  const deltas = chunksOf(stream({}, { toolCalls: [{ name: 'f', arguments: { a: 1 } }] })).map(
    ({ choices }) => choices[0]?.delta,
  );
  const [first, ...rest] = deltas;
  expect(Object.keys(first ?? {})).toEqual(['role', 'content', 'tool_calls', 'refusal']);
  expect(first).toMatchObject({
    role: 'assistant',
    content: null,
    tool_calls: [{ index: 0, type: 'function', function: { name: 'f', arguments: '' } }],
  });
  for (const delta of rest.slice(0, -1)) expect(Object.keys(delta?.tool_calls?.[0] ?? {})).toEqual(['index', 'function']);
  expect(rest.at(-1)).toEqual({});
});

test('parallel tool calls begin after a chunk of the role alone', () => {
  const reply = stream(
    {},
    {
      toolCalls: [
        { name: 'f', arguments: {} },
        { name: 'g', arguments: {} },
      ],
    },
  );
  const deltas = chunksOf(reply).map(({ choices }) => choices[0]?.delta);
  expect(deltas[0]).toEqual({ role: 'assistant', content: null });
  const begun = deltas.flatMap((delta) => delta?.tool_calls ?? []).filter(({ id }) => id !== undefined);
  expect(begun.map(({ index, function: { name } }) => [index, name])).toEqual([
    [0, 'f'],
    [1, 'g'],
  ]);
  expect(begun[0]?.id).not.toBe(begun[1]?.id);
});

test('choices interleave, each with one role and one finish', () => {
  const chunks = chunksOf(stream({ n: 3, max_tokens: 4 })).map(({ choices }) => choices[0]);
  expect(chunks.map((choice) => choice?.index)).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]);
  expect(chunks.filter((choice) => choice?.delta.role === 'assistant')).toHaveLength(3);
  expect(chunks.filter((choice) => choice?.finish_reason === 'length')).toHaveLength(3);
});

test('the first token makes the head wait, each other one its chunk', () => {
  const latency = {
    ttft: { kind: 'constant', ms: 300 },
    interToken: { kind: 'constant', ms: 20 },
  } as const;
  const { effects } = chat({ stream: true }, { content: 'one two three' }, { latency });
  expect(effects.map((effect) => (effect.type === 'wait' ? effect.ms : effect.type))).toEqual([
    300,
    'head',
    'write',
    'write',
    20,
    'write',
    20,
    'write',
    'write',
    'write',
    'end',
  ]);
});

test('choices wait together', () => {
  const latency = {
    ttft: { kind: 'constant', ms: 0 },
    interToken: { kind: 'constant', ms: 20 },
  } as const;
  const { effects } = chat({ stream: true, n: 5 }, { content: 'one two three' }, { latency });
  expect(effects.filter(({ type }) => type === 'wait')).toHaveLength(2);
});

test('nothing is computed before the reply is read, and no more than what is read', () => {
  const request = apiRequest({
    body: {
      model: 'gpt-4o',
      stream: true,
      messages: [{ role: 'user', content: 'Hi' }],
    },
  });
  let draws = 0;
  const context = replyContext({ request, libraries });
  const random: typeof context.random = (...labels) => {
    draws += 1;
    return context.random(...labels);
  };
  const counting = { ...context, random };
  const effects = healthyReply(counting)[Symbol.iterator]();
  expect(draws).toBe(0);
  expect(effects.next().value).toMatchObject({ type: 'head' });
  effects.return?.();
});
