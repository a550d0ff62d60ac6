import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { rawExchange } from '../../support/raw-http.ts';
import { startMock } from '../../support/start-mock.ts';
import { openSocket, type SocketTarget } from '../../support/web-socket.ts';

interface Refusal {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What a handshake is answered that opens no WebSocket: the response, or the error of the connection. */
function refusalOf(
  { baseURL, apiKey }: SocketTarget,
  options: ClientOptions = { headers: { authorization: `Bearer ${apiKey}` } },
  path = '/responses',
): Promise<Refusal | string> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(baseURL.replace('http', 'ws') + path, options);
    ws.on('open', () => reject(new Error('the WebSocket is open')));
    ws.on('unexpected-response', async (_request, response) => {
      let body = '';
      for await (const chunk of response) body += chunk;
      resolve({ status: response.statusCode, headers: response.headers, body });
    });
    ws.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

const HANDSHAKE = { endpoint: 'responses.websocket' };

function handshakeText(path: string, ...fields: readonly string[]): string {
  return [
    `GET ${path} HTTP/1.1`,
    'Host: a',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...fields,
    '\r\n',
  ].join('\r\n');
}

test('a handshake is answered with the headers of the API, and its compression as it is offered', async () => {
  const mock = await startMock();
  let headers: IncomingMessage['headers'] = {};
  for (const [offered, compressed] of [
    [true, 'permessage-deflate'],
    [false, undefined],
  ] as const) {
    const ws = new WebSocket(`${mock.baseURL.replace('http', 'ws')}/responses`, {
      perMessageDeflate: offered,
      headers: { authorization: 'Bearer sk-1' },
    });
    ws.on('upgrade', (response) => void ({ headers } = response));
    await new Promise((resolve) => ws.on('open', resolve));
    ws.terminate();
    expect(headers['sec-websocket-extensions']).toBe(compressed);
    expect(headers).toMatchObject({
      'x-request-id': expect.stringMatching(/^req_[0-9a-f]{32}$/),
      'openai-version': '2020-10-01',
    });
    expect(headers).not.toHaveProperty('sec-websocket-protocol');
    expect(headers).not.toHaveProperty('content-type');
  }
});

test('what is compressed is what would have been sent', async () => {
  const mock = await startMock({ replies: [{ tokens: 300 }] });
  const socket = await openSocket(mock, { perMessageDeflate: true });
  const answer = await socket.ask();
  expect(socket.ws.extensions).toBe('permessage-deflate');
  expect(answer).toMatchObject({ type: 'response.completed', response: { usage: { output_tokens: 300 } } });
});

test('a handshake without a key is refused by HTTP, in the words of the API', async () => {
  const mock = await startMock();
  const refusal = await refusalOf(mock, {});
  expect(refusal).toMatchObject({
    status: 401,
    headers: { 'content-type': 'application/json', 'www-authenticate': expect.anything(), 'x-request-id': expect.anything() },
    body: expect.stringContaining("You didn't provide an API key"),
  });
  expect(mock.journal()).toMatchObject([
    { endpoint: 'responses.websocket', status: 401, refusedBy: 'gateway', protocol: 'http/1.1' },
  ]);
});

test.each([
  [{ rate_limit: { retry_after: '3s' } }, 429, { 'retry-after': '3' }],
  ['overloaded', 503, {}],
  ['bad_gateway', 502, { 'content-type': 'text/html' }],
  [{ http_error: { status: 200, body: 'hello' } }, 200, {}],
] as const)('a rule that speaks of handshakes refuses them by HTTP: %j', async (fault, status, headers) => {
  const mock = await startMock({ rules: [{ match: HANDSHAKE, times: 1, fault: fault as never }] });
  expect(await refusalOf(mock)).toMatchObject({ status, headers });
  const socket = await openSocket(mock);
  expect(await socket.ask()).toMatchObject({ type: 'response.completed' });
  await mock.idle();
  // To try again after that is an attempt of the same call.
  expect(mock.journal().map(({ status: seen, attemptSeq }) => [seen, attemptSeq])).toEqual([
    [status, 1],
    [101, 2],
    [200, 1],
  ]);
});

test('a rule that speaks of responses lets handshakes pass', async () => {
  const mock = await startMock({ rules: [{ match: { endpoint: 'responses' }, first: 1, fault: 'overloaded' }] });
  const socket = await openSocket(mock);
  expect(await socket.ask()).toMatchObject({ status: 503 });
  expect(await socket.ask()).toMatchObject({ type: 'response.completed' });
});

test.each([
  ['connection_reset', 'ECONNRESET'],
  ['empty_response', /socket hang up|ECONNRESET/],
  [{ connection_reset: { at: 'accept' } }, 'ECONNRESET'],
] as const)('%j breaks the connection of a handshake', async (fault, error) => {
  const isEarly = typeof fault === 'object';
  const mock = await startMock({ rules: [{ ...(!isEarly && { match: HANDSHAKE }), first: 1, fault: fault as never }] });
  expect(await refusalOf(mock)).toEqual(expect.stringMatching(error));
  await mock.idle();
  expect(mock.journal()).toMatchObject([{ status: null, closedBy: 'server' }]);
  await openSocket(mock);
});

test('faults of bodies and heads mean nothing to a handshake that succeeds', async () => {
  const faults = ['slow_headers', 'slow_body', 'wrong_content_type', 'truncated_body', 'malformed_json'] as const;
  const mock = await startMock({ rules: faults.map((fault) => ({ match: { method: 'GET' }, fault })) });
  await openSocket(mock);
  expect(mock.journal()).toMatchObject([{ status: 101, faultApplied: null }]);
});

test('x-mock-fault of a handshake is for each of its turns', async () => {
  const mock = await startMock();
  const socket = await openSocket(mock, { headers: { 'x-mock-fault': 'overloaded' } });
  expect(await socket.ask()).toMatchObject({ status: 503 });
  expect(await socket.ask({ input: 'Again' })).toMatchObject({ status: 503 });
  expect(mock.journal().map(({ faultApplied }) => faultApplied?.rule)).toEqual([undefined, 'x-mock-fault', 'x-mock-fault']);
});

test.each([
  ['overlded', 'unknown fault "overlded"'],
  ['slow_headers', 'slow_headers means nothing to a WebSocket'],
])('an x-mock-fault that is wrong refuses the handshake: %s', async (fault, detail) => {
  const mock = await startMock();
  const refusal = await refusalOf(mock, { headers: { authorization: 'Bearer sk-1', 'x-mock-fault': fault } });
  expect(refusal).toMatchObject({ status: 400, body: expect.stringContaining(JSON.stringify(detail).slice(1, -1)) });
});

test('x-mock-fault that strikes on accept resets the handshake', async () => {
  const mock = await startMock();
  const headers = { authorization: 'Bearer sk-1', 'x-mock-fault': 'connection_reset; at=accept' };
  expect(await refusalOf(mock, { headers })).toBe('ECONNRESET');
});

test.each([
  ['/realtime?model=gpt-realtime', '/v1/realtime'],
  ['/chat/completions', '/v1/chat/completions'],
])('no WebSocket is spoken at %s: the URL is unknown, and unserved', async (path, shown) => {
  const mock = await startMock();
  expect(await refusalOf(mock, undefined, path)).toMatchObject({ status: 404, body: expect.stringContaining('Invalid URL') });
  expect(mock.journal()).toMatchObject([{ path: shown, endpoint: null, unserved: true }]);
});

test('without a handshake GET /v1/responses is a URL that OpenAI does not have', async () => {
  const mock = await startMock();
  const response = await fetch(`${mock.baseURL}/responses`, { headers: { authorization: 'Bearer sk-1' } });
  expect(response.status).toBe(404);
  expect(mock.journal()).toMatchObject([{ endpoint: null, unserved: true }]);
});

test('an offer of another protocol is no handshake: the request is answered as any other', async () => {
  const mock = await startMock();
  const body = '{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}]}';
  const head = [
    'POST /v1/chat/completions HTTP/1.1',
    'Host: a',
    'Connection: Upgrade, HTTP2-Settings',
    'Upgrade: h2c',
    'HTTP2-Settings: AAEAAEAAAAIAAAAB',
    'Authorization: Bearer sk-1',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    '\r\n',
  ].join('\r\n');
  const { text } = await rawExchange(Number(new URL(mock.baseURL).port), head + body, (read) => read.endsWith('0\r\n\r\n'));
  expect(text).toMatch(/^HTTP\/1\.1 200 OK/);
});

test.each([
  ['without a key', 'Sec-WebSocket-Key: short', 404],
  ['of another version', 'Sec-WebSocket-Version: 8', 404],
])('a handshake %s is a plain request', async (_what, field, status) => {
  const mock = await startMock();
  const [name = ''] = field.split(':');
  const sent = handshakeText('/v1/responses', 'Authorization: Bearer sk-1').replace(new RegExp(`${name}: .*`), field);
  const { text } = await rawExchange(Number(new URL(mock.baseURL).port), sent, (read) => read.includes('Invalid URL'));
  expect(text.startsWith(`HTTP/1.1 ${status}`)).toBe(true);
});

test('a handshake to the admin API is a plain request', async () => {
  const mock = await startMock();
  const { host, port } = new URL(mock.baseURL);
  const { text } = await rawExchange(Number(port), handshakeText('/__admin/health').replace('Host: a', `Host: ${host}`));
  expect(text).toMatch(/^HTTP\/1\.1 200 OK/);
});

test('a handshake behind another request on the connection waits for its answer', async () => {
  const mock = await startMock();
  const port = Number(new URL(mock.baseURL).port);
  const models = 'GET /v1/models HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer sk-1\r\n\r\n';
  const sent = models + handshakeText('/v1/responses', 'Authorization: Bearer sk-1');
  const { text } = await rawExchange(port, sent, (read) => read.includes('101 Switching') && read.includes('alt-svc: h3'));
  expect(text.indexOf('HTTP/1.1 200 OK')).toBe(0);
  expect(text.indexOf('HTTP/1.1 101')).toBeGreaterThan(100);
});

test.each(['hang', { latency: '30s' }])('a client that leaves while its handshake waits is noticed: %j', async (fault) => {
  const mock = await startMock({ rules: [{ match: HANDSHAKE, fault: fault as never }] });
  const ws = new WebSocket(`${mock.baseURL.replace('http', 'ws')}/responses`, { headers: { authorization: 'Bearer sk-1' } });
  ws.on('error', () => undefined);
  await expect.poll(() => mock.journal().length).toBe(1);
  ws.terminate();
  await mock.idle();
  expect(mock.journal()).toMatchObject([{ status: null, closedBy: 'client' }]);
});

test('frames that come together with the handshake are read', async () => {
  const mock = await startMock({ rules: [{ match: HANDSHAKE, fault: { latency: '20ms' } }] });
  const text = Buffer.from('{"type":"response.create","model":"gpt-4o","input":"Hello"}');
  // Masked with zeros (RFC 6455 §5.3).
  const frame = Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), text]);
  const sent = Buffer.concat([Buffer.from(handshakeText('/v1/responses', 'Authorization: Bearer sk-1')), frame]);
  const { text: read } = await rawExchange(Number(new URL(mock.baseURL).port), sent, (all) => all.includes('response.completed'));
  expect(read).toMatch(/^HTTP\/1\.1 101/);
});

test('no subprotocol is taken, whatever is offered', async () => {
  const mock = await startMock();
  const sent = handshakeText('/v1/responses', 'Authorization: Bearer sk-1', 'Sec-WebSocket-Protocol: realtime, other');
  const { text } = await rawExchange(Number(new URL(mock.baseURL).port), sent, (read) => read.includes('\r\n\r\n'));
  expect(text).toMatch(/^HTTP\/1\.1 101/);
  expect(text.toLowerCase()).not.toContain('sec-websocket-protocol');
});
