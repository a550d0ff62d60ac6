import { expect, test } from 'vitest';
import type { ReplySpec } from '../../../src/core/openai/request/answer-settings.ts';
import { errorOf } from '../../support/apply-fault.ts';
import { ask } from '../../support/ask.ts';
import { eventsOf } from '../../support/chat.ts';
import { headerOf } from '../../support/effects.ts';

interface Choice {
  readonly text: string;
  readonly index: number;
  readonly logprobs: { tokens: string[]; token_logprobs: number[]; top_logprobs: object[]; text_offset: number[] } | null;
  readonly finish_reason: string | null;
}
interface Body {
  readonly choices: Choice[];
  readonly usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
}

const MODEL = 'gpt-3.5-turbo-instruct';
/** The text is drawn for the request, streamed or not. */
const post = (body: object, reply: ReplySpec = {}) =>
  ask({ path: '/v1/completions', body: { model: MODEL, prompt: 'Once upon', ...body } }, reply);
const complete = (body: object, reply: ReplySpec = {}) => JSON.parse(post(body, reply).text) as Body;
const stream = (body: object, reply: ReplySpec = {}) =>
  eventsOf(post({ ...body, stream: true }, reply)).map((event) => JSON.parse(event) as Body);

test('a completion is printed with its keys in wire order', () => {
  expect(post({}, { content: 'a time.' }).text.replace(/[0-9A-Za-z]{24}(?=",)/, 'X')).toBe(`{
  "id": "cmpl-E0AeSX",
  "object": "text_completion",
  "created": 1783709652,
  "model": "gpt-3.5-turbo-instruct:20230824-v2",
  "choices": [
    {
      "text": "a time.",
      "index": 0,
      "logprobs": null,
      "finish_reason": "stop"
    }
  ],
  "usage": {
    "prompt_tokens": 3,
    "completion_tokens": 3,
    "total_tokens": 6
  }
}
`);
});

test('an event names the model last, and the last one why the text ends', () => {
  const events = eventsOf(post({ stream: true }, { content: 'a time' }));
  expect(events.map((event) => event.replace(/[0-9A-Za-z]{24}(?=",)/, 'X'))).toEqual(
    [
      '{"text":"a","index":0,"logprobs":null,"finish_reason":null}',
      '{"text":" time","index":0,"logprobs":null,"finish_reason":null}',
      '{"text":"","index":0,"logprobs":null,"finish_reason":"stop"}',
    ].map(
      (choice) =>
        `{"id":"cmpl-E0AeSX","object":"text_completion","created":1783709652,"choices":[${choice}],"model":"${MODEL}:20230824-v2"}`,
    ),
  );
});

test('the content types are those of JSON and of events without a charset', () => {
  expect(headerOf(post({}), 'content-type')).toBe('application/json');
  expect(headerOf(post({ stream: true }), 'content-type')).toBe('text/event-stream');
});

test('sixteen tokens are said where the request does not say', () => {
  const { choices, usage } = complete({}, { tokens: 40 });
  expect(usage.completion_tokens).toBe(16);
  expect(choices[0]?.finish_reason).toBe('length');
  expect(complete({ max_tokens: 40 }, { tokens: 40 }).choices[0]?.finish_reason).toBe('stop');
  expect(complete({ max_tokens: 0 }).usage.completion_tokens).toBe(0);
});

test('there are n texts for each prompt, each under its own index', () => {
  const { choices, usage } = complete({ prompt: ['one', 'two'], n: 2 });
  expect(choices.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  expect(new Set(choices.map(({ text }) => text)).size).toBe(4);
  expect(usage.completion_tokens).toBe(4 * 16);
});

test('echo puts the prompt before the text, at no cost', () => {
  const { choices, usage } = complete({ echo: true, prompt: ['one', [1, 2]] }, { content: ' more' });
  expect(choices.map(({ text }) => text)).toEqual(['one more', ' more']);
  expect(usage.completion_tokens).toBe(2);
});

test.each(['stop', ['never', 'stop']])('the text ends before %j', (stop) => {
  expect(complete({ stop }, { content: 'go on stop here' }).choices[0]).toMatchObject({
    text: 'go on ',
    finish_reason: 'stop',
  });
});

test('a reason that only chat knows is not given', () => {
  expect(complete({}, { content: 'a', finishReason: 'tool_calls' }).choices[0]?.finish_reason).toBe('stop');
  expect(complete({}, { content: 'a', finishReason: 'content_filter' }).choices[0]?.finish_reason).toBe('content_filter');
});

test.each([{}, { n: 3 }, { echo: true }, { stop: 'the', max_tokens: 40 }, { logprobs: 2, n: 2 }, { prompt: ['one', 'two'] }])(
  'a stream says what the completion says: %j',
  (body) => {
    const chunks = stream(body).flatMap(({ choices }) => choices);
    for (const { index, text, finish_reason, logprobs } of complete(body).choices) {
      const own = chunks.filter((chunk) => chunk.index === index);
      expect(own.map((chunk) => chunk.text).join('')).toBe(text);
      expect(own.at(-1)?.finish_reason).toBe(finish_reason);
      expect(own.flatMap((chunk) => chunk.logprobs?.tokens ?? [])).toEqual(logprobs?.tokens ?? []);
      expect(own.flatMap((chunk) => chunk.logprobs?.text_offset ?? [])).toEqual(logprobs?.text_offset ?? []);
      expect(own.flatMap((chunk) => chunk.logprobs?.token_logprobs ?? [])).toEqual(logprobs?.token_logprobs ?? []);
    }
  },
);

test('log probabilities come in columns', () => {
  const { logprobs } = complete({ logprobs: 2 }, { content: 'one two' }).choices[0] ?? {};
  expect(logprobs?.tokens).toEqual(['one', ' two']);
  expect(logprobs?.text_offset).toEqual([0, 3]);
  for (const top of logprobs?.top_logprobs ?? []) expect(Object.keys(top)).toHaveLength(2);
});

test('the usage comes last where the request wants it', () => {
  const chunks = stream({ stream_options: { include_usage: true } });
  for (const { usage } of chunks.slice(0, -1)) expect(usage).toBeNull();
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 16 } });
});

test('a stream waits for its first token, and each round for the next', () => {
  const constant = (ms: number) => ({ kind: 'constant', ms }) as const;
  const latency = { ttft: constant(300), interToken: constant(20) };
  const body = { model: MODEL, prompt: 'Hi' };
  const waits = (fields: object) =>
    ask({ path: '/v1/completions', body: { ...body, ...fields } }, { content: 'one two three' }, { latency })
      .effects.filter((effect) => effect.type === 'wait')
      .map(({ ms }) => ms);
  expect(waits({ stream: true, n: 2 })).toEqual([300, 20, 20]);
  expect(waits({})).toEqual([360]);
});

test.each([
  ['gpt-4o', true],
  ['gpt-3.5-turbo', true],
  ['ft:gpt-4o:mine::1', true],
  ['o3', true],
  ['davinci-002', false],
  ['my-model', false],
])('%s is a chat model: %s', (model, refused) => {
  const reply = post({ model });
  expect(reply.head?.status).toBe(refused ? 404 : 200);
  if (!refused) return;
  expect(errorOf(reply)).toEqual({
    message: 'This is a chat model and not supported in the v1/completions endpoint. Did you mean to use v1/chat/completions?',
    type: 'invalid_request_error',
    param: 'model',
    code: null,
  });
});

test.each([{}, { prompt: null }])('the prompt of %j is the default one', (fields) => {
  const reply = ask({ path: '/v1/completions', body: { model: MODEL, echo: true, ...fields } });
  expect(JSON.parse(reply.text).choices[0].text).toMatch(/^<\|endoftext\|>./);
});

const LONG = 'abcd'.repeat(4_081);

test.each<[string, object, object]>([
  [
    'wire.md 400-34',
    { prompt: [1, 123_456] },
    {
      message: 'Invalid token in prompt: 123456. Minimum value is 0, maximum value is 100257 (inclusive).',
      param: null,
      code: null,
    },
  ],
  ['wire.md 400-34', { prompt: ['a', [7, -1]] }, { message: /^Invalid token in prompt: -1\. Minimum/, param: null }],
  [
    'public reports',
    { prompt: LONG },
    {
      message:
        "This model's maximum context length is 4096 tokens, however you requested 4097 tokens (4081 in your prompt; 16 for the completion). Please reduce your prompt; or completion length.",
      param: null,
      code: null,
    },
  ],
  ['public reports', { prompt: ['a', LONG.slice(4)], max_tokens: 17 }, { message: /4080 in your prompt; 17 for the completion/ }],
  [
    'public reports',
    { n: 3, best_of: 2 },
    {
      message:
        "You requested that the server return more choices than it will generate (HINT: you must set 'n' (currently 3) to be at most 'best_of' (currently 2), or omit either parameter if you don't specifically want to use them.)",
      param: 'best_of',
    },
  ],
  [
    'public reports',
    { stream_options: {} },
    { message: "The 'stream_options' parameter is only allowed when 'stream' is enabled." },
  ],
  [
    'public reports',
    { logit_bias: { ' You': 1 } },
    {
      message: "Invalid key in 'logit_bias':  You. You should only be submitting non-negative integers.",
      param: 'logit_bias',
      code: null,
    },
  ],
])('%s: %j is refused', (_source, fields, error) => {
  const { message, ...rest } = error as { message: string | RegExp };
  const found = errorOf(post(fields));
  expect(found).toMatchObject({ type: 'invalid_request_error', ...rest });
  if (typeof message === 'string') expect(found['message']).toBe(message);
  else expect(found['message']).toMatch(message);
});

test.each([
  [{ prompt: LONG.slice(4) }],
  [{ prompt: [LONG.slice(4), LONG.slice(4)] }],
  [{ prompt: [0, 100_257] }],
  [{ n: 2 }],
  [{ n: 2, best_of: 2 }],
  [{ best_of: 3, stream: true }],
  [{ stop: [] }],
  [{ suffix: 'x', user: 'me', seed: 1, logprobs: 5, logit_bias: { 50256: -100 } }],
])('%# is taken', (fields) => {
  expect(post(fields).head?.status).toBe(200);
});
