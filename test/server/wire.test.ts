import { expect, test } from 'vitest';
import { rawChat, rawExchange } from '../support/raw-http.ts';
import { postChat, startMock } from '../support/start-mock.ts';
import { successHeaders } from '../support/success-headers.ts';

const HELLO = JSON.stringify({
  model: 'gpt-4o',
  messages: [{ role: 'user', content: 'Hello' }],
});

test('an answer carries its headers in wire order, and nothing of the server underneath', async () => {
  const mock = await startMock();
  const { text } = await rawExchange(mock.port, rawChat(HELLO, ['Connection: close']));
  const [head = ''] = text.split('\r\n\r\n');
  const [status, ...fields] = head.split('\r\n');
  expect(status).toBe('HTTP/1.1 200 OK');
  expect(fields.map((field) => field.split(':', 1)[0])).toEqual(successHeaders({ limits: true }));
});

test('keeps the connection open unless the client asks otherwise', async () => {
  const mock = await startMock();
  const kept = await rawExchange(mock.port, rawChat(HELLO), (text) => text.endsWith('0\r\n\r\n'));
  expect(kept.ending).toBe('still open');
  expect(kept.text).toContain('\r\nconnection: keep-alive\r\n');
  const closed = await rawExchange(mock.port, rawChat(HELLO, ['Connection: close']));
  expect(closed.ending).toBe('FIN');
  expect(closed.text).toContain('\r\nconnection: close\r\n');
});

test('an HTTP/1.0 client gets no chunks', async () => {
  const mock = await startMock();
  const { text, ending } = await rawExchange(mock.port, rawChat(HELLO, [], '1.0'));
  expect(ending).toBe('FIN');
  expect(text).not.toContain('transfer-encoding');
  expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4))).toMatchObject({
    object: 'chat.completion',
  });
});

test('pipelined requests are answered in order', async () => {
  const mock = await startMock({ replies: [{ echo: true }] });
  const ask = (content: string) =>
    rawChat(
      JSON.stringify({
        model: 'gpt-4o',
        messages: [{ role: 'user', content }],
      }),
    );
  const { text } = await rawExchange(mock.port, ask('first') + ask('second'), (seen) => seen.includes('"second"'));
  expect(text.indexOf('"first"')).toBeGreaterThan(0);
  expect(text.indexOf('"first"')).toBeLessThan(text.indexOf('"second"'));
});

test('hang for a while closes the connection without a byte', async () => {
  const mock = await startMock({
    rules: [{ fault: { hang: { for: '20ms' } } }],
  });
  const { bytes, ending } = await rawExchange(mock.port, rawChat(HELLO));
  expect(bytes.length).toBe(0);
  expect(ending).toBe('FIN');
  await mock.idle();
  expect(mock.journal()[0]).toMatchObject({
    status: null,
    closedBy: 'server',
    t_firstByteBefore: null,
  });
});

test('latency comes before the first byte', async () => {
  const mock = await startMock({ rules: [{ fault: { latency: '80ms' } }] });
  const response = await postChat(mock);
  await response.text();
  const { t_headers = 0, t_firstByteBefore } = mock.journal()[0] ?? {};
  expect((t_firstByteBefore ?? 0) - t_headers).toBeGreaterThanOrEqual(79);
  expect(Number(response.headers.get('openai-processing-ms'))).toBeGreaterThanOrEqual(79);
});

test.each([
  ['GET', '/', 200, 'Welcome to the OpenAI API!'],
  ['POST', '/v1/nothing', 404, 'Invalid URL (POST /v1/nothing)'],
  ['POST', '/chat/completions', 404, 'Unknown request URL: POST /chat/completions.'],
  ['GET', '/v1/models/gpt-4o', 200, '"id": "gpt-4o"'],
])('%s %s is %d', async (method, path, status, words) => {
  const mock = await startMock();
  const response = await fetch(mock.origin + path, {
    method,
    headers: { authorization: 'Bearer sk-x' },
  });
  expect(response.status).toBe(status);
  expect(await response.text()).toContain(words);
});

test.each([
  ['no key', {}, HELLO, 401, "You didn't provide an API key."],
  ['an empty key', { authorization: 'Bearer ' }, HELLO, 401, "You didn't provide an API key."],
  ['no JSON', { authorization: 'Bearer sk-x' }, '{', 400, 'We could not parse the JSON body'],
  ['invalid UTF-8', { authorization: 'Bearer sk-x' }, Buffer.from([0x22, 0xff, 0x22]), 400, 'We could not parse the JSON body'],
  ['no model', { authorization: 'Bearer sk-x' }, '{}', 400, 'you must provide a model parameter'],
  ['no messages', { authorization: 'Bearer sk-x' }, '{"model":"gpt-4o"}', 400, "Missing required parameter: 'messages'."],
  ['no message', { authorization: 'Bearer sk-x' }, '{"model":"gpt-4o","messages":[]}', 400, "Invalid 'messages': empty array."],
] as const)('%s is refused as OpenAI refuses it', async (_what, headers, body, status, words) => {
  const mock = await startMock();
  const response = await fetch(`${mock.baseURL}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  expect(response.status).toBe(status);
  expect(await response.text()).toContain(words);
});

test('a key outside the list is wrong, and printed masked', async () => {
  const mock = await startMock({ auth: { keys: ['sk-good'] } });
  expect(mock.apiKey).toBe('sk-good');
  expect((await postChat(mock)).status).toBe(200);
  const wrong = await postChat({
    baseURL: mock.baseURL,
    apiKey: 'bad-key-aaaaaaaaaatest',
  });
  expect(wrong.headers.get('content-length')).toBe('272');
  expect(await wrong.json()).toMatchObject({
    error: {
      code: 'invalid_api_key',
      message: expect.stringContaining('bad-key-**********test.'),
    },
  });
});

test('the largest body is that of the scenario', async () => {
  const mock = await startMock({ max_body: '1KiB' });
  const roomFor = 1_024 - JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }], user: '' }).length;
  const send = (length: number) =>
    fetch(`${mock.baseURL}/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk-test', 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }], user: 'x'.repeat(length) }),
    });
  expect((await send(roomFor)).status).toBe(200);
  expect((await send(roomFor + 1)).status).toBe(413);
});

test('an unknown model is refused when models are listed', async () => {
  const mock = await startMock({ models: ['mine'] });
  expect((await postChat(mock, { model: 'mine' })).status).toBe(200);
  expect((await postChat(mock, { model: 'gpt-4o' })).status).toBe(404);
});

test('a body above 20 MiB is a 413 of the edge', async () => {
  const mock = await startMock();
  const response = await postChat(mock, { user: 'x'.repeat(20 * 1024 * 1024) });
  expect(response.status).toBe(413);
  expect(response.headers.get('x-request-id')).toBeNull();
  expect(await response.text()).toContain('<center>cloudflare</center>');
});

test('x-mock-fault forces one fault, and says what is wrong with a wrong one', async () => {
  const mock = await startMock();
  const limited = await postChat(mock, {}, { 'x-mock-fault': 'rate_limit; retry_after=2s; limit=tokens' });
  expect(limited.status).toBe(429);
  expect(limited.headers.get('retry-after')).toBe('2');
  const flow = await postChat(mock, {}, { 'x-mock-fault': '{ http_error: { status: 418, message: teapot } }' });
  expect(flow.status).toBe(418);
  const wrong = await postChat(mock, {}, { 'x-mock-fault': 'rate_limt' });
  expect(wrong.status).toBe(400);
  expect(wrong.headers.get('content-type')).toBe('application/problem+json');
  expect(await wrong.json()).toMatchObject({
    detail: 'x-mock-fault: unknown fault "rate_limt". Did you mean "rate_limit"?',
  });
  expect((await postChat(mock)).status).toBe(200);
});

test.each(['rate_limit; retry_after', ';', 'hang; =3', '{', 'rate_limit; retry_after=[', 'hang; fr=2s'])(
  'x-mock-fault "%s" is refused',
  async (header) => {
    const mock = await startMock();
    expect((await postChat(mock, {}, { 'x-mock-fault': header })).status).toBe(400);
  },
);

test('a client that stops reading stops the writer', async () => {
  const mock = await startMock({ replies: [{ tokens: 150_000 }] });
  const body = JSON.stringify({
    model: 'gpt-4o',
    stream: true,
    messages: [{ role: 'user', content: 'Hello' }],
  });
  const { connect } = await import('node:net');
  const socket = connect(mock.port, '127.0.0.1');
  socket.write(rawChat(body));
  await new Promise((resolve) => socket.once('readable', resolve));
  const before = process.memoryUsage().arrayBuffers;
  await new Promise((resolve) => setTimeout(resolve, 300));
  // 150,000 chunks are some 45 MB; the kernel's buffers and ours take a few of them.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
  socket.destroy();
  await mock.idle();
  expect(mock.journal()[0]).toMatchObject({ closedBy: 'client', status: 200 });
  expect(mock.journal()[0]?.bytesOut).toBeLessThan(20_000_000);
});

test('others are answered while a large answer is being written', async () => {
  const mock = await startMock();
  const order: string[] = [];
  const large = fetch(`${mock.baseURL}/embeddings`, {
    method: 'POST',
    headers: { authorization: `Bearer ${mock.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'text-embedding-3-large', input: Array.from({ length: 400 }, (_, i) => `text ${i}`) }),
  });
  const { data } = (await (
    await large.then((reply) => {
      void postChat(mock).then(() => order.push('chat'));
      return reply;
    })
  )
    .json()
    .finally(() => order.push('embeddings'))) as { data: unknown[] };
  expect(data).toHaveLength(400);
  await mock.idle();
  expect(order).toEqual(['chat', 'embeddings']);
});
