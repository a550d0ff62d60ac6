import OpenAI, { AzureOpenAI } from 'openai';
import { expect, test } from 'vitest';
import type { MockOpenAI, ScenarioInput } from '../../src/index.ts';
import { linesOf, over, upload } from '../support/batches.ts';
import { startMock } from '../support/start-mock.ts';

const API_VERSION = '2025-04-01-preview';

// As `run` sets it, the variable would go before the endpoint.
delete process.env['OPENAI_BASE_URL'];

const SURFACES: [string, (mock: MockOpenAI) => OpenAI][] = [
  ['classic', ({ origin, apiKey }) => new AzureOpenAI({ endpoint: origin, apiKey, apiVersion: API_VERSION, maxRetries: 0 })],
  ['v1', ({ origin, apiKey }) => new OpenAI({ baseURL: `${origin}/openai/v1`, apiKey, maxRetries: 0 })],
];

const SCENARIO: ScenarioInput = {
  azure: { deployments: { mine: 'gpt-4o' } },
  replies: [{ content: 'Hello from the batch.' }],
};

const line = (name: string, url: string, body: object = {}) =>
  JSON.stringify({
    custom_id: name,
    method: 'POST',
    url,
    body: { model: 'mine', messages: [{ role: 'user', content: 'Hi' }], ...body },
  });

/** The type of the client has the paths of OpenAI alone. */
const AS_AZURE_NAMES_IT = '/chat/completions' as '/v1/chat/completions';

test.each(SURFACES)('files of the %s surface are kept, listed page by page, read and deleted', async (_surface, clientOf) => {
  const mock = await startMock(SCENARIO);
  const client = clientOf(mock);
  const files = [];
  for (const name of ['a', 'b', 'c']) files.push(await upload(client, line(name, '/chat/completions')));
  const ids = files.map(({ id }) => id);
  const listed = await client.files.list({ limit: 2, order: 'asc' });
  expect(listed).toMatchObject({ has_more: true, data: [{ id: ids[0], object: 'file' }, { id: ids[1] }] });
  const walked = [];
  for await (const { id } of client.files.list({ limit: 2, order: 'asc' })) walked.push(id);
  expect(walked).toEqual(ids);
  expect(await (await client.files.content(ids[0] ?? '')).text()).toBe(line('a', '/chat/completions'));
  expect(await client.files.delete(ids[0] ?? '')).toMatchObject({ deleted: true });
  await expect(client.files.retrieve(ids[0] ?? '')).rejects.toMatchObject({
    status: 404,
    message: `404 No such File object: ${ids[0]}`,
  });
  for (const { dialect, unserved } of mock.journal()) expect([dialect, unserved]).toEqual(['azure', false]);
});

test.each(SURFACES)('a batch of the %s surface asks deployments, in the words of Azure', async (_surface, clientOf) => {
  const mock = await startMock(SCENARIO);
  const client = clientOf(mock);
  const input = await upload(
    client,
    line('short', '/chat/completions'),
    line('long', '/v1/chat/completions'),
    line('answer', '/v1/responses', { messages: undefined, input: 'Hi' }),
    line('gone', '/chat/completions', { model: 'another' }),
  );
  const made = await client.batches.create({
    input_file_id: input.id,
    endpoint: AS_AZURE_NAMES_IT,
    completion_window: '24h',
  });
  expect(made).toMatchObject({ object: 'batch', status: 'validating', endpoint: '/chat/completions', model: 'mine' });
  const done = await over(client, made.id);
  expect(done).toMatchObject({ status: 'completed', request_counts: { total: 4, completed: 3, failed: 1 } });
  const output = await linesOf(client, done.output_file_id);
  expect(output.map(({ custom_id }) => custom_id)).toEqual(['short', 'long', 'answer']);
  expect(output[0].response.body).toMatchObject({ model: 'gpt-4o-2024-08-06', prompt_filter_results: [{ prompt_index: 0 }] });
  expect(output[2].response.body).toMatchObject({ object: 'response', model: 'mine' });
  const [gone] = await linesOf(client, done.error_file_id);
  expect(gone.response).toMatchObject({ status_code: 404, body: { error: { code: 'DeploymentNotFound' } } });
  expect((await client.batches.list()).data.map(({ id }) => id)).toEqual([made.id]);
  await expect(client.batches.cancel(made.id)).rejects.toThrow("400 Cannot cancel a batch with status 'completed'.");
});

test('a provider of Azure alone works off batches, too', async () => {
  const mock = await startMock({ providers: { backup: { dialect: 'azure', replies: [{ content: 'Hi.' }] } } });
  const client = new OpenAI({ baseURL: mock.providers['backup']?.baseURL ?? '', apiKey: mock.apiKey, maxRetries: 0 });
  const input = await upload(client, line('a', '/chat/completions'));
  const { id } = await client.batches.create({
    input_file_id: input.id,
    endpoint: AS_AZURE_NAMES_IT,
    completion_window: '24h',
  });
  const [output] = await linesOf(client, (await over(client, id)).output_file_id);
  expect(output.response).toMatchObject({ status_code: 200, body: { choices: [{ message: { content: 'Hi.' } }] } });
});

test.each([
  [{ endpoint: '/audio' }, 400, "Invalid value: '/v1/audio'."],
  [{ input_file_id: 'file-gone' }, 404, 'No such File object: file-gone'],
])('a batch that is wrong is refused: %j', async (fields, status, message) => {
  const mock = await startMock(SCENARIO);
  const client = SURFACES[0]?.[1](mock) ?? expect.unreachable();
  const input = await upload(client, line('a', '/chat/completions'));
  const body = { input_file_id: input.id, endpoint: '/chat/completions', completion_window: '24h', ...fields };
  await expect(client.batches.create(body as Parameters<typeof client.batches.create>[0])).rejects.toMatchObject({
    status,
    message: expect.stringContaining(message),
  });
});

test('a line that names what a batch cannot ask fails the batch', async () => {
  const mock = await startMock(SCENARIO);
  const client = SURFACES[0]?.[1](mock) ?? expect.unreachable();
  const input = await upload(client, line('a', '/images/generations'));
  const { id } = await client.batches.create({
    input_file_id: input.id,
    endpoint: AS_AZURE_NAMES_IT,
    completion_window: '24h',
  });
  expect((await over(client, id)).errors?.data).toMatchObject([{ code: 'invalid_url', line: 1 }]);
});
