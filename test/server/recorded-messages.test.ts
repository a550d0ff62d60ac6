import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { postChat, startMock } from '../support/start-mock.ts';

const KEY = 'sk-proj-0123456789abcdefghijklmnop';
const record = { bodies: '64KiB', headers: true } as const;

test('F43: what was sent and answered is in the journal, in the library and by HTTP', async () => {
  const mock = await startMock({ record, rules: [{ first: 1, fault: 'server_error' }], replies: [{ content: 'Yes.' }] });
  await (await postChat(mock, { stream: true, stream_options: { include_usage: true } }, { 'x-tenant': 'a' })).text();
  await (await postChat(mock, { prefix: undefined }, { 'x-tenant': 'a' })).text();
  const [first, second] = mock.journal().map(({ recorded }) => recorded);
  expect(first?.request).toMatchObject({
    query: null,
    headers: { 'x-tenant': 'a', 'content-type': 'application/json' },
    bodyCut: false,
  });
  expect(JSON.parse(first?.request?.body ?? '')).toMatchObject({ stream_options: { include_usage: true } });
  expect(JSON.parse(second?.request?.body ?? '')).not.toHaveProperty('stream_options');
  expect(first?.response).toMatchObject({
    headers: { 'content-type': 'application/json' },
    body: expect.stringContaining('server_error'),
  });
  expect(JSON.parse(second?.response?.body ?? '')).toMatchObject({ choices: [{ message: { content: 'Yes.' } }] });
  const { entries } = (await (await fetch(`${mock.origin}/__admin/journal`)).json()) as { entries: { recorded: unknown }[] };
  expect(entries.map(({ recorded }) => recorded)).toEqual([first, second]);
});

test('without `record` nothing is kept, and each half can be had alone', async () => {
  const plain = await startMock();
  await postChat(plain);
  expect(plain.journal()[0]?.recorded).toBeNull();
  const bodies = await startMock({ record: { bodies: '1KiB' } });
  await (await postChat(bodies)).text();
  await bodies.idle();
  expect(bodies.journal()[0]?.recorded).toMatchObject({
    request: { headers: null },
    response: { headers: null, body: expect.any(String) },
  });
  const headers = await startMock({ record: { headers: true } });
  await (await postChat(headers)).text();
  await headers.idle();
  expect(headers.journal()[0]?.recorded).toMatchObject({ request: { body: null }, response: { body: null, bodyCut: false } });
});

test('no credential is kept, wherever it stands', async () => {
  const mock = await startMock({ record });
  const secrets = ['cookie-secret', 'x-api-secret', 'query-secret', 'azure-secret', 'tool-secret', 'hidden-in-text', KEY];
  await fetch(`${mock.baseURL}/chat/completions?key=query-secret&version=1&sig=query-secret`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${KEY}`,
      cookie: 'session=cookie-secret',
      'x-api-key': 'x-api-secret',
      'api-key': 'azure-secret',
      'x-forwarded-note': `the key is ${KEY}`,
      'content-type': 'application/json',
      'idempotency-key': 'not-secret',
    },
    body: JSON.stringify({
      model: 'gpt-4o',
      messages: [
        { role: 'user', content: `My key is ${KEY}, and another sk-live-hidden-in-text.` },
        {
          role: 'assistant',
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{"api_key":"tool-secret"}' } }],
          content: null,
        },
        { role: 'tool', tool_call_id: 'a', content: '{"password": "tool-secret", "token": "word"}' },
      ],
    }),
  });
  await mock.idle();
  const [entry] = mock.journal();
  const kept = JSON.stringify(entry);
  for (const secret of secrets) expect(kept).not.toContain(secret);
  expect(entry?.recorded?.request).toMatchObject({
    query: 'key=[hidden]&version=1&sig=[hidden]',
    headers: { authorization: '[hidden]', cookie: '[hidden]', 'x-api-key': '[hidden]', 'idempotency-key': 'not-secret' },
  });
  expect(entry?.recorded?.response?.headers).toMatchObject({ 'set-cookie': '[hidden]', 'x-request-id': entry?.xRequestId });
  expect(entry?.recorded?.request?.body).toContain('word');
});

test('a body is kept as far as the bound goes, and a key at its border is none of it', async () => {
  const mock = await startMock({ record: { bodies: 200 }, replies: [{ tokens: 500 }] });
  const content = `${'a'.repeat(90)} ${KEY} ${'b'.repeat(40_000)}`;
  await (await postChat(mock, { messages: [{ role: 'user', content }] }, { authorization: `Bearer ${KEY}` })).text();
  await mock.idle();
  const { request, response } = mock.journal()[0]?.recorded ?? {};
  expect([request?.bodyCut, response?.bodyCut]).toEqual([true, true]);
  expect(Buffer.byteLength(request?.body ?? '')).toBe(200);
  expect(Buffer.byteLength(response?.body ?? '')).toBe(200);
  expect(request?.body).not.toContain('sk-proj');
});

test('what fell out of the journal is null', async () => {
  const mock = await startMock({ record: { bodies: '1MiB' } });
  const content = 'x'.repeat(900_000);
  for (let place = 0; place < 12; place++)
    await (await postChat(mock, { messages: [{ role: 'user', content: `${place}${content}` }] })).text();
  await mock.idle();
  expect(mock.journal()[0]?.recorded).toBeNull();
  expect(mock.journal().at(-1)?.recorded?.request?.body).toContain(content);
});

test('a stream is kept as it was sent: whole, cut by a fault, left by the client', async () => {
  const rules = [{ fault: { truncated_stream: { after_chunks: 2 } }, first: 1 }];
  const mock = await startMock({ record, rules, replies: [{ content: 'one two three four' }] });
  await (await postChat(mock, { stream: true })).text().catch(() => undefined);
  await (await postChat(mock, { stream: true })).text();
  await mock.idle();
  const [cut, whole] = mock.journal().map(({ recorded, bytesOut }) => ({ body: recorded?.response?.body ?? '', bytesOut }));
  expect(cut?.body).toContain('" two"');
  expect(cut?.body).not.toContain('three');
  expect(Buffer.byteLength(cut?.body ?? '')).toBe(cut?.bytesOut);
  expect(whole?.body.endsWith('data: [DONE]\n\n')).toBe(true);
  const slow = await startMock({ record, latency: { inter_token: '20ms' }, replies: [{ tokens: 100 }] });
  const leaving = new AbortController();
  const response = await fetch(`${slow.baseURL}/chat/completions`, {
    method: 'POST',
    signal: leaving.signal,
    headers: { authorization: `Bearer ${slow.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'Hello' }] }),
  });
  expect(response.status).toBe(200);
  await sleep(100);
  leaving.abort();
  await slow.idle();
  const [left] = slow.journal();
  expect(left).toMatchObject({ closedBy: 'client' });
  expect(Buffer.byteLength(left?.recorded?.response?.body ?? '')).toBe(left?.bytesOut);
  expect(left?.recorded?.response?.body).not.toContain('[DONE]');
});

test('a compressed request is kept as it was decoded, and an answer as it was before it was compressed', async () => {
  const mock = await startMock({ record, compression: true, replies: [{ content: 'Yes.' }] });
  const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Is it packed?' }] });
  const headers = { authorization: `Bearer ${mock.apiKey}`, 'content-type': 'application/json', 'content-encoding': 'gzip' };
  await (
    await fetch(`${mock.baseURL}/chat/completions`, { method: 'POST', headers, body: new Uint8Array(gzipSync(body)) })
  ).text();
  await mock.idle();
  const recorded = mock.journal()[0]?.recorded;
  expect(recorded?.request?.body).toBe(body);
  expect(recorded?.response).toMatchObject({ headers: { 'content-encoding': 'gzip' }, body: expect.stringContaining('Yes.') });
});

test('what never was answered has no answer', async () => {
  const mock = await startMock({ record, rules: [{ fault: 'empty_response' }] });
  await postChat(mock).catch(() => undefined);
  await mock.idle();
  expect(mock.journal()[0]?.recorded).toMatchObject({ request: { body: expect.any(String) }, response: null });
});
