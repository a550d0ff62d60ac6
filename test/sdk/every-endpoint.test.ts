import OpenAI, { APIError } from 'openai';
import { expect, test } from 'vitest';
import { startMock } from '../support/start-mock.ts';

const ASKED = { messages: [{ role: 'user' as const, content: 'Hello' }] };
const MODEL = 'gpt-3.5-turbo-instruct';
const SMALL = 'text-embedding-3-small';

async function clientOf(scenario: Parameters<typeof startMock>[0] = {}, options: object = {}) {
  const mock = await startMock(scenario);
  return new OpenAI({ baseURL: mock.baseURL, apiKey: mock.apiKey, maxRetries: 0, ...options });
}

test('embeddings arrive as numbers, whichever way they are sent', async () => {
  const client = await clientOf();
  const byDefault = await client.embeddings.create({ model: SMALL, input: ['a', 'b'] });
  const floats = await client.embeddings.create({ model: SMALL, input: ['a', 'b'], encoding_format: 'float' });
  expect(byDefault.data.map(({ embedding }) => embedding.length)).toEqual([1536, 1536]);
  expect(byDefault.data.map(({ embedding }) => [...embedding])).toEqual(
    floats.data.map(({ embedding }) => embedding.map(Math.fround)),
  );
  expect(floats.usage).toEqual({ prompt_tokens: 1, total_tokens: 1 });
});

test('a moderation is harmless, or flagged where the scenario says so', async () => {
  const client = await clientOf({
    replies: [{ match: { endpoint: 'moderations', prompt: '/fight/' }, flagged: ['violence'] }],
  });
  const moderate = async (input: string) => (await client.moderations.create({ input })).results[0];
  expect(await moderate('hello')).toMatchObject({ flagged: false, categories: { violence: false } });
  expect(await moderate('a fight')).toMatchObject({ flagged: true, categories: { violence: true, hate: false } });
});

test('a legacy completion and its stream say the same', async () => {
  const client = await clientOf();
  const asked = { model: MODEL, prompt: 'Once upon', n: 2, echo: true };
  const whole = await client.completions.create(asked);
  const texts = ['', ''];
  for await (const { choices } of await client.completions.create({ ...asked, stream: true })) {
    for (const { index, text } of choices) texts[index] += text;
  }
  expect(whole.choices.map(({ text }) => text)).toEqual(texts);
  expect(whole.usage?.completion_tokens).toBe(32);
});

test('log probabilities arrive whole and put together from a stream', async () => {
  const client = await clientOf({ replies: [{ content: 'one two three' }] });
  const asked = { model: 'gpt-4o', ...ASKED, logprobs: true, top_logprobs: 2 };
  const whole = (await client.chat.completions.create(asked)).choices[0]?.logprobs?.content;
  const final = await client.chat.completions.stream(asked).finalChatCompletion();
  expect(whole?.map(({ token }) => token)).toEqual(['one', ' two', ' three']);
  expect(final.choices[0]?.logprobs?.content).toEqual(whole);
});

test('a reasoning model that spends its budget on thinking says nothing', async () => {
  const client = await clientOf();
  const { choices, usage, system_fingerprint } = await client.chat.completions.create({
    model: 'gpt-5',
    ...ASKED,
    max_completion_tokens: 32,
  });
  expect(choices[0]).toMatchObject({ finish_reason: 'length', message: { content: '' } });
  expect(usage?.completion_tokens_details?.reasoning_tokens).toBe(32);
  expect(usage?.completion_tokens).toBe(32);
  expect(system_fingerprint).toBeNull();
});

test('a legacy function call is put together from a stream', async () => {
  const client = await clientOf({ replies: [{ tool_call: { name: 'f', arguments: { a: 1 } } }] });
  const asked = { model: 'gpt-4o', ...ASKED, functions: [{ name: 'f', parameters: { type: 'object', properties: {} } }] };
  const final = await client.chat.completions.stream(asked).finalChatCompletion();
  expect(final.choices[0]).toMatchObject({
    finish_reason: 'function_call',
    message: { function_call: { name: 'f', arguments: '{"a":1}' } },
  });
});

/** What the real API answers, as the SDK shows it. */
const NATURAL: readonly [string, (client: OpenAI) => Promise<unknown>, object][] = [
  [
    'an unknown model',
    (client) => client.embeddings.create({ model: 'no-such-model', input: 'a' }),
    { status: 404, code: 'model_not_found', type: 'invalid_request_error', param: null },
  ],
  [
    'a chat model on completions',
    (client) => client.completions.create({ model: 'gpt-4o', prompt: 'a' }),
    { status: 404, code: null, type: 'invalid_request_error', param: 'model' },
  ],
  [
    'no input',
    (client) => client.embeddings.create({ model: SMALL } as never),
    { status: 400, code: 'missing_required_parameter', type: 'invalid_request_error', param: 'input' },
  ],
  [
    'no input to moderate',
    (client) => client.moderations.create({} as never),
    { status: 400, code: 'missing_required_parameter', type: 'invalid_request_error', param: 'input' },
  ],
  [
    'no model',
    (client) => client.embeddings.create({ input: 'a' } as never),
    { status: 400, code: null, type: 'invalid_request_error', param: null },
  ],
];

test.each(NATURAL)('%s is an APIError with the fields of OpenAI', async (_, call, fields) => {
  const error = await call(await clientOf('name: listed\nmodels: listed')).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(APIError);
  expect(error).toMatchObject(fields);
  const { requestID, headers } = error as APIError;
  expect(requestID).toMatch(/^req_[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
  expect(headers?.get('x-request-id')).toBe(requestID);
  expect(headers?.get('server')).toBe('cloudflare');
  expect(headers?.get('x-powered-by')).toBeNull();
});

const ENDPOINTS: readonly [string, (client: OpenAI) => Promise<unknown>][] = [
  ['embeddings', (client) => client.embeddings.create({ model: SMALL, input: 'a' })],
  ['completions', (client) => client.completions.create({ model: MODEL, prompt: 'a' })],
  ['moderations', (client) => client.moderations.create({ input: 'a' })],
];

test.each(ENDPOINTS)('%s fail by a rule and by x-mock-fault like chat', async (endpoint, call) => {
  const byRule = await clientOf({ rules: [{ match: { endpoint }, fault: 'overloaded' }] });
  await expect(call(byRule)).rejects.toMatchObject({
    status: 503,
    code: 'server_is_overloaded',
    type: 'service_unavailable_error',
  });
  const forced = await clientOf({}, { defaultHeaders: { 'x-mock-fault': 'rate_limit; retry_after=2s' } });
  const error = (await call(forced).catch((thrown: unknown) => thrown)) as APIError;
  expect(error).toMatchObject({ status: 429, code: 'rate_limit_exceeded', type: 'requests', param: null });
  expect(error.headers?.get('retry-after')).toBe('2');
  expect(error.headers?.get('openai-version')).toBe('2020-10-01');
});
