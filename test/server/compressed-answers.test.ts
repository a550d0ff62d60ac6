import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliDecompressSync, constants, createBrotliDecompress, createGunzip, gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { MockOpenAI, MockOptions } from '../../src/index.ts';
import { startMock } from '../support/start-mock.ts';

interface Sent {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly raw: Buffer;
  /** The answer broke off. */
  readonly cut: boolean;
}

interface Asked {
  readonly accept?: string;
  readonly body?: object;
  readonly method?: string;
  readonly path?: string;
}

/** Sends a request by node:http, which decodes nothing. */
function send({ baseURL, apiKey }: MockOpenAI, { accept, body = {}, method = 'POST', path = '/chat/completions' }: Asked) {
  return new Promise<IncomingMessage>((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${apiKey}`,
      'content-type': 'application/json',
      ...(accept === undefined ? {} : { 'accept-encoding': accept }),
    };
    const request = httpRequest(`${baseURL}${path}`, { method, headers }, resolve);
    request.on('error', reject);
    if (method === 'POST') {
      request.end(JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }], ...body }));
    } else request.end();
  });
}

async function ask(mock: MockOpenAI, asked: Asked): Promise<Sent> {
  const response = await send(mock, asked);
  const parts: Buffer[] = [];
  let cut = false;
  try {
    for await (const part of response) parts.push(part as Buffer);
  } catch {
    cut = true;
  }
  return { status: response.statusCode, headers: response.headers, raw: Buffer.concat(parts), cut };
}

/** What can be decoded of an answer, whole or not. */
function decoded({ headers, raw }: Sent): string {
  const coding = headers['content-encoding'];
  if (coding === 'gzip') return gunzipSync(raw, { finishFlush: constants.Z_SYNC_FLUSH }).toString();
  if (coding === 'br') return brotliDecompressSync(raw, { finishFlush: constants.BROTLI_OPERATION_FLUSH }).toString();
  return raw.toString();
}

const compressed = (scenario: object = {}) => startMock({ compression: true, ...scenario } as MockOptions['scenario']);

test.each([
  ['gzip, deflate, br', 'br'],
  ['gzip', 'gzip'],
  ['br;q=0.1, gzip', 'gzip'],
])('%s is answered in %s, in chunks, and is whole', async (accept, coding) => {
  const plain = await ask(await startMock(), { accept });
  const mock = await compressed();
  const sent = await ask(mock, { accept });
  expect(sent.headers).toMatchObject({
    'content-encoding': coding,
    'transfer-encoding': 'chunked',
    vary: expect.stringContaining('Accept-Encoding'),
  });
  expect(sent.headers['content-length']).toBeUndefined();
  expect(sent.cut).toBe(false);
  const whole = coding === 'br' ? brotliDecompressSync(sent.raw) : gunzipSync(sent.raw);
  const withoutTime = (text: string) => text.replaceAll(/"created": \d+/g, '');
  expect(withoutTime(whole.toString())).toBe(withoutTime(plain.raw.toString()));
  expect(mock.journal()).toMatchObject([{ status: 200, bytesOut: sent.raw.length, closedBy: null }]);
});

test('without compression, and to a client that accepts none, the body comes as it is', async () => {
  const off = await ask(await startMock(), { accept: 'gzip, br' });
  expect(off.headers['content-encoding']).toBeUndefined();
  expect(off.headers['vary']).toBeUndefined();
  for (const accept of [undefined, 'identity', 'gzip;q=0, br;q=0']) {
    const sent = await ask(await compressed(), accept === undefined ? {} : { accept });
    expect(sent.headers['content-encoding']).toBeUndefined();
    expect(JSON.parse(sent.raw.toString())).toMatchObject({ object: 'chat.completion' });
  }
});

test('F44: the SDK and fetch read compressed answers, streamed or not', async () => {
  const mock = await compressed({ replies: [{ content: 'Hello from the mock.' }] });
  const { default: OpenAI } = await import('openai');
  const client = new OpenAI({ baseURL: mock.baseURL, apiKey: mock.apiKey });
  const fields = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'Hello' }] };
  const { data, response } = await client.chat.completions.create(fields).withResponse();
  expect([response.headers.get('content-encoding'), data.choices[0]?.message.content]).toEqual(['gzip', 'Hello from the mock.']);
  let text = '';
  for await (const chunk of await client.chat.completions.create({ ...fields, stream: true }))
    text += chunk.choices[0]?.delta.content ?? '';
  expect(text).toBe('Hello from the mock.');
});

test('HEAD has the fields of GET, and no body', async () => {
  const mock = await compressed();
  const sent = await ask(mock, { accept: 'gzip', method: 'HEAD', path: '/models' });
  expect(sent.headers).toMatchObject({ 'content-encoding': 'gzip' });
  expect(sent.headers['content-length']).toBeUndefined();
  expect(sent.raw).toHaveLength(0);
  expect((await ask(mock, { accept: 'gzip', method: 'GET', path: '/models' })).cut).toBe(false);
});

test.each(['gzip', 'br'])('a stream in %s can be read event by event as it comes', async (accept) => {
  const mock = await compressed({ latency: { inter_token: '60ms' }, replies: [{ content: 'one two three four five' }] });
  const response = await send(mock, { accept, body: { stream: true } });
  const decoder = response.pipe(accept === 'br' ? createBrotliDecompress() : createGunzip());
  const arrivals: { at: number; events: number }[] = [];
  for await (const part of decoder) {
    arrivals.push({ at: performance.now(), events: String(part).split('\n\n').length - 1 });
  }
  const events = arrivals.reduce((sum, { events: more }) => sum + more, 0);
  expect(events).toBe(8);
  // No two contents come together: the last is at least four pauses behind the first.
  expect(arrivals.length).toBeGreaterThanOrEqual(5);
  expect((arrivals.at(-1)?.at ?? 0) - (arrivals[0]?.at ?? 0)).toBeGreaterThan(200);
  await mock.idle();
  expect(mock.journal()).toMatchObject([{ chunksOut: 5, eventsOut: 8, closedBy: null }]);
});

const PLAIN = 'x'.repeat(3_000);

test.each(['gzip', 'br'])('truncated_body delivers so many plain bytes in %s, and the coding has no end', async (accept) => {
  const rules = [{ fault: { truncated_body: { after_bytes: 100 } } }];
  const sent = await ask(await compressed({ rules, replies: [{ content: PLAIN }] }), { accept });
  expect(sent.cut).toBe(true);
  expect(decoded(sent)).toHaveLength(100);
  expect(() => (accept === 'gzip' ? gunzipSync : brotliDecompressSync)(sent.raw)).toThrow(/unexpected end|Decompression failed/);
});

test.each(['close', 'reset', 'clean'] as const)('truncated_stream (%s) delivers the events before the cut', async (end) => {
  const rules = [{ fault: { truncated_stream: { after_chunks: 2, end } } }];
  const mock = await compressed({ rules, replies: [{ content: 'one two three four' }] });
  const sent = await ask(mock, { accept: 'gzip', body: { stream: true } });
  expect(sent.cut).toBe(end !== 'clean');
  expect(decoded(sent).match(/"content":" ?[a-z]+"/g)).toEqual(['"content":"one"', '"content":" two"']);
  // A stream that ends well is a coding that ends well.
  if (end === 'clean') expect(gunzipSync(sent.raw).toString()).not.toContain('[DONE]');
  await mock.idle();
  expect(mock.journal()).toMatchObject([{ chunksOut: 2, closedBy: end === 'clean' ? null : 'server' }]);
});

test('a body that is no JSON is so when it is decoded', async () => {
  const sent = await ask(await compressed({ rules: [{ fault: 'malformed_json' }] }), { accept: 'br' });
  expect(() => JSON.parse(brotliDecompressSync(sent.raw).toString())).toThrow(SyntaxError);
});

test.each([
  ['bad_gateway', 502],
  ['cloudflare_timeout', 524],
  ['rate_limit', 429],
  ['invalid_api_key', 401],
])('%s comes in a coding, too', async (fault, status) => {
  const sent = await ask(await compressed({ rules: [{ fault }] }), { accept: 'br' });
  expect([sent.status, sent.headers['content-encoding']]).toEqual([status, 'br']);
  expect(brotliDecompressSync(sent.raw).length).toBeGreaterThan(10);
});

test('a client that leaves a compressed stream is seen to leave', async () => {
  const mock = await compressed({ latency: { inter_token: '20ms' }, replies: [{ tokens: 500 }] });
  const response = await send(mock, { accept: 'gzip', body: { stream: true } });
  await sleep(60);
  response.destroy();
  await mock.idle();
  expect(mock.journal()).toMatchObject([{ closedBy: 'client' }]);
});

test('a client that does not read holds a compressed answer back', async () => {
  const mock = await compressed();
  // About 50 MB: what is left of it is more than the kernels of both sides hold.
  const response = await send(mock, { accept: 'gzip', body: { n: 128, logprobs: true, top_logprobs: 20 } });
  await sleep(300);
  expect(mock.journal()[0]?.t_end ?? null).toBeNull();
  response.resume();
  await mock.idle();
  expect(mock.journal()).toMatchObject([{ status: 200, closedBy: null }]);
});

test('answers of a scenario that sets the coding itself are left alone', async () => {
  const headers = { 'content-encoding': 'snappy' };
  const rules = [{ fault: { http_error: { status: 500, body: 'plain', headers } } }];
  const sent = await ask(await compressed({ rules }), { accept: 'gzip' });
  expect([sent.headers['content-encoding'], sent.raw.toString()]).toEqual(['snappy', 'plain']);
});
