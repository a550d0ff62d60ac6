import OpenAI, { AzureOpenAI } from 'openai';
import { expect, test } from 'vitest';
import { createMockOpenAI, type MockOpenAI, type ScenarioInput } from '../../src/index.ts';

const API_VERSION = '2025-04-01-preview';
const MESSAGES = [{ role: 'user' as const, content: 'Hi' }];
const NO_WAIT = { retry_after: { raw: '0.01' }, retry_after_ms: 10 };

// As `run` sets it, the variable would go before the endpoint.
delete process.env['OPENAI_BASE_URL'];

const clientOf = (mock: MockOpenAI, options: object = {}) =>
  new AzureOpenAI({ endpoint: mock.origin, apiKey: mock.apiKey, apiVersion: API_VERSION, maxRetries: 0, ...options });

test('AzureOpenAI chats, streams, embeds and asks for responses', async () => {
  await using mock = await createMockOpenAI({ scenario: { replies: [{ content: 'Hello there.' }] } });
  const client = clientOf(mock);
  const completion = await client.chat.completions.create({ model: 'gpt-4o', messages: MESSAGES });
  expect(completion.choices[0]?.message.content).toBe('Hello there.');
  let streamed = '';
  for await (const chunk of await client.chat.completions.create({ model: 'gpt-4o', messages: MESSAGES, stream: true }))
    streamed += chunk.choices[0]?.delta.content ?? '';
  expect(streamed).toBe('Hello there.');
  const runner = client.chat.completions.stream({ model: 'gpt-4o', messages: MESSAGES });
  expect((await runner.finalChatCompletion()).choices[0]?.message.content).toBe('Hello there.');
  const { data } = await client.embeddings.create({ model: 'text-embedding-3-small', input: 'Hi', dimensions: 4 });
  expect(data[0]?.embedding).toHaveLength(4);
  const response = await client.responses.create({ model: 'gpt-4o', input: 'Hi' });
  expect(response.output_text).toBe('Hello there.');
  const types: string[] = [];
  for await (const event of await client.responses.create({ model: 'gpt-4o', input: 'Hi', stream: true })) types.push(event.type);
  expect(types.at(-1)).toBe('response.completed');
  expect(mock.journal().every(({ dialect, status }) => dialect === 'azure' && status === 200)).toBe(true);
});

test.each([
  ['a base URL of OpenAI', (mock: MockOpenAI) => ({ endpoint: undefined, baseURL: mock.baseURL })],
  ['a base URL of a deployment', (mock: MockOpenAI) => ({ endpoint: undefined, baseURL: `${mock.origin}/openai` })],
])('AzureOpenAI works with %s', async (_what, options) => {
  await using mock = await createMockOpenAI();
  const client = clientOf(mock, options(mock));
  await client.chat.completions.create({ model: 'gpt-4o', messages: MESSAGES });
  await client.responses.create({ model: 'gpt-4o', input: 'Hi' });
  expect(mock.journal().map(({ dialect, endpoint }) => [dialect, endpoint])).toEqual([
    ['azure', 'chat.completions'],
    ['azure', 'responses'],
  ]);
});

test('a client of OpenAI works with the base URL of v1', async () => {
  await using mock = await createMockOpenAI();
  const client = new OpenAI({ baseURL: `${mock.origin}/openai/v1`, apiKey: mock.apiKey });
  await client.chat.completions.create({ model: 'gpt-4o', messages: MESSAGES });
  expect(mock.journal()[0]?.dialect).toBe('azure');
});

test.each([
  ['invalid_value', 'BadRequestError'],
  ['content_policy_violation', 'BadRequestError'],
  ['unsupported_api_version', 'BadRequestError'],
  ['invalid_api_key', 'AuthenticationError'],
  ['model_forbidden', 'PermissionDeniedError'],
  ['deployment_not_found', 'NotFoundError'],
  ['apim_error', 'NotFoundError'],
  ['conflict', 'ConflictError'],
  ['unprocessable', 'UnprocessableEntityError'],
  ['rate_limit', 'RateLimitError'],
  ['server_error', 'InternalServerError'],
  ['overloaded', 'InternalServerError'],
])('AzureOpenAI takes %s for a %s', async (fault, expected) => {
  await using mock = await createMockOpenAI();
  const headers = { 'x-mock-fault': fault };
  const asked = clientOf(mock).chat.completions.create({ model: 'gpt-4o', messages: MESSAGES }, { headers });
  expect(await asked.catch((error: Error) => error.constructor.name)).toBe(expected);
});

test('AzureOpenAI retries a rate limit, and its attempts are one call', async () => {
  await using mock = await createMockOpenAI({ scenario: { rules: [{ attempts: '1..2', fault: { rate_limit: NO_WAIT } }] } });
  await clientOf(mock, { maxRetries: 2 }).chat.completions.create({ model: 'gpt-4o', messages: MESSAGES });
  const [call, ...others] = mock.calls();
  expect(others).toEqual([]);
  expect(call).toMatchObject({ certainty: 'exact' });
  expect(call?.attempts.map(({ status, target }) => [status, target.model])).toEqual([
    [429, 'gpt-4o'],
    [429, 'gpt-4o'],
    [200, 'gpt-4o'],
  ]);
});

const SERVICES: ScenarioInput = {
  providers: {
    primary: { rules: [{ fault: 'overloaded' }] },
    backup: { dialect: 'azure', azure: { deployments: { mine: 'gpt-4o' } } },
  },
  expect: { fails_over: true, rules: { has_jitter: 'off' } },
};

const CALLS = 6;

/** Asks OpenAI, and goes on at Azure. */
async function failOver(mock: MockOpenAI, headers: Record<string, string>, content: string): Promise<void> {
  const { primary } = mock.providers;
  const messages = [{ role: 'user' as const, content }];
  const first = new OpenAI({ baseURL: primary?.baseURL ?? '', apiKey: mock.apiKey, maxRetries: 0 });
  await first.chat.completions.create({ model: 'gpt-4o', messages }, { headers }).catch(() => undefined);
  const second = clientOf(mock, { endpoint: `${mock.origin}/s/backup` });
  await second.chat.completions.create({ model: 'mine', messages }, { headers });
}

test.each([
  ['by its question', 'likely', () => ({})],
  ['by an id', 'exact', (at: number) => ({ 'idempotency-key': `call-${at}` })],
])('a call that fails at OpenAI and goes on at Azure is one call, %s', async (_how, certainty, headersOf) => {
  await using mock = await createMockOpenAI({ scenario: SERVICES });
  await Promise.all(Array.from({ length: CALLS }, (_, at) => failOver(mock, headersOf(at), `Question ${at}`)));
  const calls = mock.calls();
  expect(calls.map((call) => call.attempts.map(({ target }) => [target.provider, target.model]))).toEqual(
    Array.from({ length: CALLS }, () => [
      ['primary', 'gpt-4o'],
      ['backup', 'mine'],
    ]),
  );
  expect(calls.map((call) => call.certainty)).toEqual(Array.from({ length: CALLS }, () => certainty));
  const { findings } = mock.verdict(undefined, { ended: true });
  expect(findings.find(({ rule }) => rule === 'fails_over')).toMatchObject({ verdict: 'pass', n: CALLS });
});

test('the path that names a call makes it one at both services', async () => {
  await using mock = await createMockOpenAI({ scenario: SERVICES });
  const { primary, backup } = mock.providers;
  for (const [url, model] of [
    [primary?.callURL('one') ?? '', 'gpt-4o'],
    [backup?.callURL('one') ?? '', 'mine'],
  ] as const) {
    const client = new OpenAI({ baseURL: url, apiKey: mock.apiKey, maxRetries: 0 });
    await client.chat.completions.create({ model, messages: MESSAGES }).catch(() => undefined);
  }
  expect(mock.calls().map(({ attempts, method }) => [attempts.length, method])).toEqual([[2, 'path']]);
});

test('a provider of Azure has its base URL, and serves nothing below /v1', async () => {
  await using mock = await createMockOpenAI({ scenario: SERVICES });
  expect(mock.providers['backup']?.baseURL).toBe(`${mock.origin}/s/backup/openai/v1`);
  for (const path of ['/v1/chat/completions', '/v1/deployments/mine/chat/completions?api-version=2024-10-21']) {
    const answer = await fetch(`${mock.origin}/s/backup${path}`, { method: 'POST', headers: { 'api-key': 'k' }, body: '{}' });
    expect([answer.status, await answer.text()]).toEqual([404, '{"error":{"code":"404","message": "Resource not found"}}']);
  }
});

test('a provider of OpenAI serves nothing below /openai', async () => {
  await using mock = await createMockOpenAI({ scenario: { providers: { one: { dialect: 'openai' } } } });
  const answer = await fetch(`${mock.origin}/s/one/openai/v1/models`, { headers: { 'api-key': 'k' } });
  expect(answer.status).toBe(404);
  expect(await answer.text()).toContain('unknown_url');
});
