import OpenAI, { toFile } from 'openai';
import { expect, test } from 'vitest';
import { linesOf, over, upload } from '../support/batches.ts';
import { startMock } from '../support/start-mock.ts';

async function clientOf(scenario: Parameters<typeof startMock>[0] = {}) {
  const mock = await startMock(scenario);
  return new OpenAI({ baseURL: mock.baseURL, apiKey: mock.apiKey, maxRetries: 0 });
}

const line = (id: string, body: object = {}, parts: object = {}) =>
  JSON.stringify({
    custom_id: id,
    method: 'POST',
    url: '/v1/chat/completions',
    body: { model: 'gpt-4o', messages: [{ role: 'user', content: id }], ...body },
    ...parts,
  });
const CHAT = { endpoint: '/v1/chat/completions', completion_window: '24h' } as const;

test('a file is kept as it was sent, found, listed and deleted', async () => {
  const client = await clientOf();
  const bytes = Uint8Array.from({ length: 700 }, (_, index) => index % 256);
  const file = await client.files.create({ purpose: 'user_data', file: await toFile(bytes, 'b\u00fcld "1".bin') });
  expect(file).toMatchObject({ object: 'file', bytes: 700, purpose: 'user_data', status: 'processed', expires_at: null });
  expect(file.id).toMatch(/^file-[0-9A-Za-z]{22}$/);
  expect(await client.files.retrieve(file.id)).toEqual(file);
  const content = await client.files.content(file.id);
  expect(new Uint8Array(await content.arrayBuffer())).toEqual(bytes);
  expect(content.headers.get('content-type')).toBe('application/octet-stream');
  expect(content.headers.get('content-disposition')).toBe('attachment; filename="b_ld _1_.bin"');
  const other = await upload(client, line('a'));
  const ids = async (query = {}) => (await client.files.list(query)).data.map(({ id }) => id);
  expect(await ids({ order: 'asc' })).toEqual([file.id, other.id]);
  expect(await ids({ purpose: 'batch' })).toEqual([other.id]);
  expect(await client.files.delete(file.id)).toEqual({ object: 'file', deleted: true, id: file.id });
  expect(await ids()).toEqual([other.id]);
  await expect(client.files.retrieve(file.id)).rejects.toThrow(`404 No such File object: ${file.id}`);
});

test('a list of files has pages, and the client walks through them', async () => {
  const client = await clientOf();
  const names = [];
  for (let index = 0; index < 5; index++) names.push((await upload(client, line(String(index)))).id);
  const walked = [];
  for await (const { id } of client.files.list({ limit: 2, order: 'asc' })) walked.push(id);
  expect(walked).toEqual(names);
});

test('an expiry that is asked for is told', async () => {
  const client = await clientOf();
  const file = await client.files.create({
    purpose: 'assistants',
    file: await toFile(Buffer.from('Hi'), 'a.txt'),
    expires_after: { anchor: 'created_at', seconds: 3_600 },
  });
  expect(file.expires_at).toBe(file.created_at + 3_600);
});

test('a batch is worked off: its output has the answers of the endpoint, and what they cost', async () => {
  const client = await clientOf({ replies: [{ content: 'Hello from the batch.' }] });
  const input = await upload(client, line('a'), '', line('b', { n: 2 }), line('c', { temperature: 9 }));
  const batch = await client.batches.create({ input_file_id: input.id, ...CHAT, metadata: { team: 'x' } });
  expect(batch).toMatchObject({
    object: 'batch',
    status: 'validating',
    model: 'gpt-4o',
    output_file_id: null,
    metadata: { team: 'x' },
  });
  expect(batch.id).toMatch(/^batch_[0-9a-f]{32}$/);
  const done = await over(client, batch.id);
  expect(done).toMatchObject({ status: 'completed', request_counts: { total: 3, completed: 2, failed: 1 }, errors: null });
  expect(done.completed_at).toBeGreaterThanOrEqual(done.created_at);
  const output = await linesOf(client, done.output_file_id);
  expect(output.map(({ custom_id }) => custom_id)).toEqual(['a', 'b']);
  expect(output[0]).toMatchObject({ error: null, response: { status_code: 200 } });
  expect(output[0].id).toMatch(/^batch_req_[0-9a-f]{32}$/);
  expect(output[0].response.request_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(output[0].response.body.choices[0].message.content).toBe('Hello from the batch.');
  expect(output[1].response.body.choices).toHaveLength(2);
  const cost = output.reduce((sum, { response }) => sum + response.body.usage.total_tokens, 0);
  expect(done.usage?.total_tokens).toBe(cost);
  const [failed] = await linesOf(client, done.error_file_id);
  expect(failed).toMatchObject({ custom_id: 'c', response: { status_code: 400, body: { error: { param: 'temperature' } } } });
  expect((await client.batches.list()).data.map(({ id }) => id)).toEqual([batch.id]);
  expect((await client.files.list({ purpose: 'batch_output' })).data).toHaveLength(2);
});

test('the rules of the scenario strike requests of a batch, and nothing of that is a call of the client', async () => {
  const mock = await startMock({
    rules: [
      { match: { endpoint: 'chat.completions', prompt: 'bad*' }, fault: 'server_error' },
      { match: { endpoint: 'chat.completions', prompt: 'far*' }, fault: 'connection_reset' },
      { match: { endpoint: 'chat.completions' }, first: 1, fault: 'overloaded' },
    ],
    limits: { 'gpt-4o': { rpm: 1 } },
  });
  const client = new OpenAI({ baseURL: mock.baseURL, apiKey: mock.apiKey, maxRetries: 0 });
  const input = await upload(client, line('bad'), line('far'), line('good'), line('fine'));
  const batch = await client.batches.create({ input_file_id: input.id, ...CHAT });
  const done = await over(client, batch.id);
  expect(done.request_counts).toEqual({ total: 4, completed: 2, failed: 2 });
  const errors = await linesOf(client, done.error_file_id);
  // A connection that breaks means nothing to a request that the service makes.
  expect(errors.map(({ custom_id, response }) => [custom_id, response.status_code])).toEqual([
    ['bad', 500],
    ['far', 503],
  ]);
  expect(mock.journal().filter(({ path }) => path.startsWith('/v1/chat'))).toEqual([]);
  expect((await mock.verdict()).findings.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn')).toEqual([]);
});

test('requests take the time of the scenario, and a batch that is cancelled meanwhile keeps those that are over', async () => {
  const client = await clientOf({
    replies: [{ match: { prompt: 'slow*' }, tokens: 100 }, { content: 'Quick.' }],
    latency: { ttft: 0, inter_token: '300ms' },
  });
  const input = await upload(client, line('quick'), line('slow'));
  const { id } = await client.batches.create({ input_file_id: input.id, ...CHAT });
  await expect.poll(async () => (await client.batches.retrieve(id)).request_counts?.completed, { timeout: 10_000 }).toBe(1);
  expect((await client.batches.retrieve(id)).status).toBe('in_progress');
  expect((await client.batches.cancel(id)).status).toBe('cancelling');
  const done = await over(client, id);
  expect(done).toMatchObject({ status: 'cancelled', request_counts: { total: 2, completed: 1, failed: 0 }, completed_at: null });
  expect((await linesOf(client, done.output_file_id)).map(({ custom_id }) => custom_id)).toEqual(['quick']);
  await expect(client.batches.cancel(id)).rejects.toThrow("400 Cannot cancel a batch with status 'cancelled'.");
});

test.each([
  ['no JSON', 'invalid_json_line'],
  [line('a', {}, { custom_id: 7 }), 'missing_required_parameter'],
  [`${line('a')}\n${line('a')}`, 'duplicate_custom_id'],
  [line('a', {}, { method: 'GET' }), 'invalid_method'],
  [line('a', {}, { url: '/v1/embeddings' }), 'invalid_url'],
  [line('a', {}, { body: 'text' }), 'missing_required_parameter'],
  [line('a', { stream: true }), 'invalid_request'],
  ['\n\n', 'empty_file'],
])('an input that is wrong fails as a whole: %#', async (text, code) => {
  const client = await clientOf();
  const input = await upload(client, line('fine'), text);
  const alone = code === 'empty_file' ? await upload(client, text) : input;
  const { id } = await client.batches.create({ input_file_id: alone.id, ...CHAT });
  const done = await over(client, id);
  expect(done).toMatchObject({ status: 'failed', output_file_id: null, request_counts: { total: 0 } });
  expect(done.errors?.data?.map((error) => error.code)).toEqual([code]);
});

test.each([
  ['/v1/completions', { model: 'gpt-3.5-turbo-instruct', prompt: 'Hi' }, { object: 'text_completion' }],
  ['/v1/embeddings', { model: 'text-embedding-3-small', input: 'Hi', dimensions: 3 }, { object: 'list' }],
  ['/v1/moderations', { input: 'Hi' }, { model: expect.any(String) }],
  ['/v1/responses', { model: 'gpt-4o', input: 'Hi' }, { object: 'response', status: 'completed' }],
] as const)('a batch asks %s', async (endpoint, body, answer) => {
  const client = await clientOf();
  const input = await upload(client, JSON.stringify({ custom_id: 'a', method: 'POST', url: endpoint, body }));
  const { id } = await client.batches.create({ input_file_id: input.id, endpoint, completion_window: '24h' });
  const [output] = await linesOf(client, (await over(client, id)).output_file_id);
  expect(output.response).toMatchObject({ status_code: 200, body: answer });
});

test.each([
  [{ input_file_id: 'file-gone', ...CHAT }, 404, 'No such File object: file-gone'],
  [{ ...CHAT }, 400, "Missing required parameter: 'input_file_id'."],
  [{ input_file_id: 'f', ...CHAT, endpoint: '/v1/audio' }, 400, "Invalid value: '/v1/audio'. Supported values are: "],
  [{ input_file_id: 'f', ...CHAT, completion_window: '1h' }, 400, "Invalid value: '1h'. Supported values are: '24h'."],
])('a batch that is wrong is refused: %#', async (body, status, message) => {
  const client = await clientOf();
  await expect(client.batches.create(body as Parameters<typeof client.batches.create>[0])).rejects.toMatchObject({
    status,
    message: expect.stringContaining(message),
  });
});

test('a form that is wrong is refused', async () => {
  const mock = await startMock();
  const post = async (body: FormData | string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${mock.baseURL}/files`, {
      method: 'POST',
      headers: { authorization: `Bearer ${mock.apiKey}`, ...headers },
      body,
    });
    return [answer.status, (await answer.json()).error.message];
  };
  const form = (fields: Record<string, string | Blob>) => {
    const data = new FormData();
    for (const [name, value] of Object.entries(fields)) data.append(name, value);
    return data;
  };
  const file = new Blob(['Hi']);
  expect(await post(form({ purpose: 'batch' }))).toEqual([400, "Missing required parameter: 'file'."]);
  expect(await post(form({ file }))).toEqual([400, "Missing required parameter: 'purpose'."]);
  expect(await post(form({ file, purpose: 'x' }))).toEqual([400, expect.stringMatching(/^Invalid value: 'x'\. Supported/)]);
  expect(await post('{}', { 'content-type': 'application/json' })).toEqual([400, 'Could not parse multipart form']);
  const broken = { 'content-type': 'multipart/form-data; boundary=x' };
  expect(await post('--x\r\nnothing', broken)).toEqual([400, 'Could not parse multipart form']);
  expect(await post('--x\r\n'.repeat(1_000), broken)).toEqual([400, 'Could not parse multipart form']);
});

test('a retried upload is an attempt of its call, whatever the boundary of its form', async () => {
  const mock = await startMock({ rules: [{ match: { endpoint: 'files' }, attempts: 1, fault: 'server_error' }] });
  await upload(new OpenAI({ baseURL: mock.baseURL, apiKey: mock.apiKey }), line('a'));
  const baseURL = mock.baseURL.replace('/v1', '/s/default/c/named/v1');
  await upload(new OpenAI({ baseURL, apiKey: mock.apiKey }), line('b'));
  expect(mock.calls().map(({ attempts }) => attempts.length)).toEqual([2, 2]);
  const { findings } = await mock.verdict();
  expect(findings.find(({ rule }) => rule === 'same_body')).toMatchObject({ verdict: 'pass' });
});

test('files and batches are those of a session, and a reset forgets them', async () => {
  const mock = await startMock();
  const client = new OpenAI({ baseURL: mock.baseURL, apiKey: mock.apiKey, maxRetries: 0 });
  const { id } = await upload(client, line('a'));
  const session = mock.session();
  const other = new OpenAI({ baseURL: session.baseURL, apiKey: mock.apiKey, maxRetries: 0 });
  await expect(other.files.retrieve(id)).rejects.toThrow('404');
  mock.reset();
  await expect(client.files.retrieve(id)).rejects.toThrow('404');
});

test('the traces of the Agents SDK are taken without a word', async () => {
  const mock = await startMock();
  const answer = await fetch(`${mock.baseURL}/traces/ingest`, {
    method: 'POST',
    headers: { authorization: `Bearer ${mock.apiKey}`, 'content-type': 'application/json', 'openai-beta': 'traces=v1' },
    body: JSON.stringify({ data: [] }),
  });
  expect([answer.status, await answer.text()]).toEqual([204, '']);
  expect(mock.journal()).toMatchObject([{ endpoint: 'traces.ingest', status: 204 }]);
});
