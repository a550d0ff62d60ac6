import OpenAI, {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  UnprocessableEntityError,
} from 'openai';
import { describe, expect, test } from 'vitest';
import { faults } from '../../src/core/faults/registry.ts';
import { bundledScenarios } from '../../src/scenario-files/load-scenario.ts';
import { startMock } from '../support/start-mock.ts';

const HELLO = {
  model: 'gpt-4o',
  messages: [{ role: 'user' as const, content: 'Hello' }],
};

function clientOf(mock: { baseURL: string; apiKey: string }, options: object = {}): OpenAI {
  return new OpenAI({ baseURL: mock.baseURL, apiKey: mock.apiKey, ...options });
}

test('answers a completion and a stream with the same text and usage', async () => {
  const client = clientOf(await startMock('healthy'));
  const whole = await client.chat.completions.create(HELLO);
  const stream = await client.chat.completions.create({
    ...HELLO,
    stream: true,
    stream_options: { include_usage: true },
  });
  let text = '';
  let finish: string | null | undefined;
  let usage: unknown;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? '';
    finish ??= chunk.choices[0]?.finish_reason;
    usage = chunk.usage;
  }
  expect(text.length).toBeGreaterThan(10);
  expect(finish).toBe('stop');
  expect(whole.choices[0]?.finish_reason).toBe('stop');
  expect(usage).toMatchObject({ prompt_tokens: whole.usage?.prompt_tokens });
});

test('lists and retrieves models', async () => {
  const client = clientOf(await startMock('models: listed\nname: listed'));
  const ids = (await client.models.list()).data.map(({ id }) => id);
  expect(ids).toContain('gpt-4o');
  expect(await client.models.retrieve('gpt-4o')).toMatchObject({
    id: 'gpt-4o',
    object: 'model',
  });
  await expect(client.models.retrieve('no-such-model')).rejects.toMatchObject({
    status: 404,
    code: 'model_not_found',
    param: 'model',
  });
});

test('two rate limits, then success: three requests, and no wait shorter than asked', async () => {
  const mock = await startMock({
    rules: [{ attempts: '1..2', fault: { rate_limit: { retry_after: '1s' } } }],
  });
  const answer = await clientOf(mock).chat.completions.create(HELLO);
  expect(answer.choices[0]?.message.content).toBeTruthy();
  const [call, ...others] = mock.calls();
  expect(others).toEqual([]);
  expect(call?.attempts.map(({ status }) => status)).toEqual([429, 429, 200]);
  for (const { gapMs } of call?.attempts.slice(1) ?? []) expect(gapMs).toBeGreaterThanOrEqual(1_000 - 5 - 1);
});

test('a wrong key is an AuthenticationError after one request', async () => {
  const mock = await startMock('bad-key');
  await expect(clientOf(mock).chat.completions.create(HELLO)).rejects.toThrow(AuthenticationError);
  expect(mock.journal()).toHaveLength(1);
});

test('too long a context is a BadRequestError with that code', async () => {
  const mock = await startMock('context-too-long');
  const error = await clientOf(mock)
    .chat.completions.create(HELLO)
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(BadRequestError);
  expect(error).toMatchObject({
    code: 'context_length_exceeded',
    type: 'invalid_request_error',
  });
  expect(mock.journal()).toHaveLength(1);
});

test('a server that hangs is an APIConnectionTimeoutError, and the journal says who left', async () => {
  const mock = await startMock({ rules: [{ fault: 'hang' }] });
  await expect(clientOf(mock, { timeout: 150, maxRetries: 0 }).chat.completions.create(HELLO)).rejects.toThrow(
    APIConnectionTimeoutError,
  );
  await mock.idle();
  expect(mock.journal()[0]).toMatchObject({ status: null, closedBy: 'client' });
});

test('a server that closes without an answer is an APIConnectionError', async () => {
  const mock = await startMock({
    rules: [{ fault: { hang: { for: '1ms' } } }],
  });
  await expect(clientOf(mock, { maxRetries: 0 }).chat.completions.create(HELLO)).rejects.toThrow(APIConnectionError);
});

test('timeouts: the first attempt hangs, the second is answered', async () => {
  const mock = await startMock('timeouts');
  await clientOf(mock, { timeout: 200 }).chat.completions.create(HELLO);
  expect(mock.calls()[0]?.attempts.map(({ status }) => status)).toEqual([null, 200]);
});

const CLASSES: Readonly<Record<number, new (...args: never[]) => Error>> = {
  400: BadRequestError,
  401: AuthenticationError,
  403: PermissionDeniedError,
  404: NotFoundError,
  409: ConflictError,
  422: UnprocessableEntityError,
  429: RateLimitError,
};

function classFor(status: number) {
  return CLASSES[status] ?? (status >= 500 ? InternalServerError : APIError);
}

describe('every error fault is the SDK error of its status', () => {
  test.each(
    faults.flatMap((fault) =>
      fault.kind === 'error' && fault.status !== undefined && fault.dialects === undefined
        ? [{ ...fault, status: fault.status }]
        : [],
    ),
  )('$name → $status', async ({ name, status }) => {
    const mock = await startMock();
    const client = clientOf(mock, {
      maxRetries: 0,
      defaultHeaders: { 'x-mock-fault': name },
    });
    const error = await client.chat.completions.create(HELLO).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(classFor(status));
    const { errorCode, xRequestId, status: sent, t_firstByteBefore } = mock.journal()[0] ?? {};
    expect(sent).toBe(status);
    expect(t_firstByteBefore).not.toBeNull();
    expect(error).toMatchObject({ status });
    const { code, requestID } = error as APIError & { code: unknown };
    if (errorCode !== null) expect(code).toBe(errorCode);
    if (requestID !== null && requestID !== undefined) expect(requestID).toBe(xRequestId);
  });
});

test.each([
  ['flaky', 12],
  ['outage', 12],
  ['slow', 2],
] as const)('%s: the SDK at its defaults gets its answers', async (name, count) => {
  const client = clientOf(await startMock(name));
  const asked = Array.from({ length: count }, (_, i) =>
    client.chat.completions.create({
      ...HELLO,
      messages: [{ role: 'user', content: `Question ${i}` }],
    }),
  );
  for (const answer of await Promise.all(asked)) expect(answer.choices[0]?.message.content).toBeTruthy();
});

test.each<[string, (client: OpenAI) => Promise<unknown>, number]>([
  ['chat completions', (client) => client.chat.completions.create(HELLO), 404],
  ['responses', (client) => client.responses.create({ model: 'gpt-4o', input: 'Hello' }), 400],
])('error-guide, %s: one error a request, then healthy', async (_api, ask, unknownModel) => {
  const client = clientOf(await startMock('error-guide'), { maxRetries: 0, timeout: 1_000 });
  const seen: unknown[] = [];
  for (let i = 0; i < 20; i++) {
    const result = await ask(client).then(
      () => 200,
      (error: APIError) => error.status ?? error.constructor.name,
    );
    seen.push(result);
  }
  expect(seen).toEqual([
    400,
    400,
    400,
    401,
    401,
    403,
    403,
    unknownModel,
    429,
    429,
    429,
    500,
    502,
    503,
    504,
    400,
    400,
    'APIConnectionTimeoutError',
    'APIConnectionError',
    200,
  ]);
});

test('tools, structured output and refusals arrive as the SDK expects them', async () => {
  const mock = await startMock({
    replies: [
      {
        match: { prompt: '/weather/' },
        tool_calls: [
          { name: 'get_weather', arguments: { city: 'Paris' } },
          { name: 'get_weather', arguments: { city: 'Rome' } },
        ],
      },
      { match: { prompt: '/secret/' }, refusal: 'No.' },
    ],
  });
  const client = clientOf(mock);
  const ask = (content: string) =>
    client.chat.completions.stream({ model: 'gpt-4o', messages: [{ role: 'user', content }] }).finalChatCompletion();
  const weather = await ask('the weather?');
  expect(weather.choices[0]?.finish_reason).toBe('tool_calls');
  expect(
    weather.choices[0]?.message.tool_calls?.map((call) => call.type === 'function' && JSON.parse(call.function.arguments)),
  ).toEqual([{ city: 'Paris' }, { city: 'Rome' }]);
  expect((await ask('the secret?')).choices[0]?.message).toMatchObject({
    content: null,
    refusal: 'No.',
  });
});

test('every bundled scenario starts with a comment that says what it proves, and is listed', async () => {
  expect(bundledScenarios()).toEqual([
    'bad-certificate',
    'bad-key',
    'broken-tools',
    'brown-out',
    'context-too-long',
    'error-guide',
    'failover',
    'flaky',
    'goaway',
    'half-open',
    'healthy',
    'heartbeat-stall',
    'keep-alive-death',
    'key-pool',
    'legal-sse',
    'lost-answers',
    'metastable-outage',
    'outage',
    'quota-exhausted',
    'rate-limited',
    'refused-streams',
    'resets',
    'slow',
    'slow-network',
    'spoilt-answers',
    'stream-cut',
    'stream-error',
    'stream-stall',
    'tight-limits',
    'timeouts',
  ]);
});
