import { expect, test } from 'vitest';
import { rawExchange } from '../../support/raw-http.ts';
import { startMock } from '../../support/start-mock.ts';

const BODY = JSON.stringify({ model: 'ignored', messages: [{ role: 'user', content: 'Hello' }] });
const CHAT = '/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21';

interface Asked {
  readonly path: string;
  readonly key?: readonly string[];
  readonly method?: string;
  readonly body?: string;
}

/** Head and body as they come off the socket; chunks are put together. */
async function ask(port: number, { path, key = ['api-key: k'], method = 'POST', body = BODY }: Asked) {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'Host: localhost',
    'Connection: close',
    ...key,
    ...(method === 'POST' ? ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`] : []),
  ];
  const { text } = await rawExchange(port, `${lines.join('\r\n')}\r\n\r\n${method === 'POST' ? body : ''}`);
  const end = text.indexOf('\r\n\r\n');
  const [statusLine = '', ...fields] = text.slice(0, end).split('\r\n');
  const headers = fields.map((field) => field.slice(0, field.indexOf(':')).toLowerCase());
  const isChunked = fields.some((field) => /^transfer-encoding: chunked$/i.test(field));
  const sent = text.slice(end + 4);
  return { status: Number(statusLine.split(' ')[1]), fields, headers, body: isChunked ? dechunked(sent) : sent, isChunked };
}

function dechunked(sent: string): string {
  let bytes = Buffer.from(sent);
  let whole = '';
  for (;;) {
    const end = bytes.indexOf('\r\n');
    const size = Number.parseInt(bytes.subarray(0, end).toString(), 16);
    if (!(size > 0)) return whole;
    whole += bytes.subarray(end + 2, end + 2 + size).toString();
    bytes = bytes.subarray(end + 4 + size);
  }
}

test.each([
  ['classic', CHAT],
  ['v1', '/openai/v1/chat/completions'],
])('a refused key on the %s surface is told in 224 bytes, with four headers', async (_surface, path) => {
  const mock = await startMock({ auth: { keys: ['good'] } });
  const { status, headers, body } = await ask(mock.port, { path, key: ['api-key: bad'] });
  expect(status).toBe(401);
  expect(Buffer.byteLength(body)).toBe(224);
  expect(body).toMatch(
    /^\{"error":\{"code":"401","message":"Access denied due to invalid subscription key or wrong API endpoint\./,
  );
  expect(headers.filter((name) => name !== 'connection')).toEqual(['content-length', 'content-type', 'apim-request-id', 'date']);
});

test('no key at all is refused in the same words', async () => {
  const mock = await startMock();
  const { status, body } = await ask(mock.port, { path: CHAT, key: [] });
  expect([status, Buffer.byteLength(body)]).toEqual([401, 224]);
});

test('an access token that is refused has the words of API Management, without an error object', async () => {
  const mock = await startMock({ auth: { keys: ['good'] } });
  const { status, body } = await ask(mock.port, { path: CHAT, key: ['Authorization: Bearer eyJhbGciOi.J9.x'] });
  expect(status).toBe(401);
  expect(body).toBe(
    '{ "statusCode": 401, "message": "Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired." }',
  );
});

test('a key is good in `api-key`, and as a bearer token', async () => {
  const mock = await startMock({ auth: { keys: ['good'] } });
  const statuses = await Promise.all(
    [['api-key: good'], ['Authorization: Bearer good'], ['api-key: good', 'Authorization: Bearer other']].flatMap((key) =>
      [CHAT, '/openai/v1/chat/completions'].map(async (path) => (await ask(mock.port, { path, key })).status),
    ),
  );
  expect(statuses).toEqual([200, 200, 200, 200, 200, 200]);
});

test.each([
  ['an unknown path', '/openai/nothing?api-version=2024-10-21'],
  ['an unknown path of v1', '/openai/v1/nothing'],
  ['moderations of v1', '/openai/v1/moderations'],
  ['an unknown operation of a deployment', '/openai/deployments/gpt-4o/nothing?api-version=2024-10-21'],
  ['a classic path without a version', '/openai/deployments/gpt-4o/chat/completions'],
  ['a classic path with a version that is none', '/openai/deployments/gpt-4o/chat/completions?api-version=newest'],
  ['chat that names no deployment in its classic path', '/openai/chat/completions?api-version=2024-10-21'],
])('%s is not found, in 56 bytes', async (_what, path) => {
  const mock = await startMock();
  const { status, headers, body } = await ask(mock.port, { path });
  expect(status).toBe(404);
  expect(body).toBe('{"error":{"code":"404","message": "Resource not found"}}');
  expect(Buffer.byteLength(body)).toBe(56);
  expect([...headers].filter((name) => name !== 'connection').sort()).toEqual(
    ['apim-request-id', 'content-length', 'content-type', 'date', 'strict-transport-security', 'x-content-type-options'].sort(),
  );
});

test.each([
  ['classic', '/openai/deployments/mine/chat/completions?api-version=2024-10-21', BODY],
  ['v1', '/openai/v1/chat/completions', BODY.replace('ignored', 'mine')],
  ['v1 Responses', '/openai/v1/responses', JSON.stringify({ model: 'mine', input: 'Hello' })],
])('a deployment that does not exist is told in 254 bytes, in chunks, without a type: %s', async (_surface, path, body) => {
  const mock = await startMock({ azure: { deployments: { yours: 'gpt-4o' } } });
  const answer = await ask(mock.port, { path, body });
  expect(answer.status).toBe(404);
  expect(Buffer.byteLength(answer.body)).toBe(254);
  expect(answer.body).toMatch(/^\{\n {2}"error": \{\n {4}"type": "invalid_request_error",\n {4}"code": "DeploymentNotFound",\n/);
  expect(answer.isChunked).toBe(true);
  expect(answer.headers).not.toContain('content-type');
  expect(answer.headers).toContain('x-ms-region');
});

test.each([
  ['/openai/deployments/gpt-4o/chat/completions?api-version=2099-01-01', 'API version not supported'],
  ['/openai/responses?api-version=2099-01-01', 'API version not supported'],
  ['/openai/v1/chat/completions?api-version=2099-01-01', 'API version not supported'],
  [
    '/openai/responses?api-version=2024-10-21',
    'Azure OpenAI Responses API is enabled only for api-version 2025-03-01-preview and later',
  ],
])('%s is refused for its version', async (path, message) => {
  const mock = await startMock();
  const { status, body } = await ask(mock.port, { path });
  expect(status).toBe(400);
  expect(body).toBe(JSON.stringify({ error: { code: 'BadRequest', message } }));
});

const INPUT = JSON.stringify({ model: 'gpt-4o', input: 'Hello' });

test.each([
  ['double slashes', 'POST', '//openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21', BODY, 'chat.completions'],
  [
    'double slashes within',
    'POST',
    '/openai//deployments/gpt-4o//chat/completions?api-version=2024-10-21',
    BODY,
    'chat.completions',
  ],
  ['a session', 'POST', '/s/one/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21', BODY, 'chat.completions'],
  [
    'a call',
    'POST',
    '/s/default/c/one/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21',
    BODY,
    'chat.completions',
  ],
  ['legacy completions', 'POST', '/openai/deployments/m/completions?api-version=2024-10-21', '{"prompt":"a"}', 'completions'],
  ['embeddings', 'POST', '/openai/deployments/m/embeddings?api-version=2024-10-21', '{"input":"a"}', 'embeddings'],
  ['classic Responses', 'POST', '/openai/responses?api-version=2025-03-01-preview', INPUT, 'responses'],
  ['v1 Responses', 'POST', '/openai/v1/responses?api-version=v1', INPUT, 'responses'],
  ['v1 with preview', 'POST', '/openai/v1/responses?api-version=preview', INPUT, 'responses'],
  ['models of the classic surface', 'GET', '/openai/models?api-version=2024-10-21', '', 'models'],
  ['models of v1', 'GET', '/openai/v1/models', '', 'models'],
  ['one model', 'GET', '/openai/v1/models/gpt-4o', '', 'models.retrieve'],
  [
    'a base URL of OpenAI: a deployment',
    'POST',
    '/v1/deployments/gpt-4o/chat/completions?api-version=2024-10-21',
    BODY,
    'chat.completions',
  ],
  ['a base URL of OpenAI: Responses', 'POST', '/v1/responses?api-version=2025-03-01-preview', INPUT, 'responses'],
])('%s: served as Azure serves it', async (_what, method, path, body, endpoint) => {
  const mock = await startMock({ azure: {} });
  const { status, headers } = await ask(mock.port, { method, path, body });
  expect(status).toBe(200);
  expect(headers).toContain('apim-request-id');
  expect(headers).not.toContain('cf-ray');
  const session = path.startsWith('/s/one/') ? '/s/one' : '';
  const journal = await fetch(`${mock.origin}${session}/__admin/journal`);
  const { entries } = (await journal.json()) as { entries: object[] };
  const [entry] = entries;
  expect(entry).toMatchObject({ endpoint, dialect: 'azure', unserved: false });
});

test('what is below /v1 stays with OpenAI, without a version or without `api-key`', async () => {
  const mock = await startMock();
  const answers = [
    await ask(mock.port, { path: '/v1/chat/completions', key: ['Authorization: Bearer k'] }),
    await ask(mock.port, { path: '/v1/chat/completions?api-version=2024-10-21', key: ['Authorization: Bearer k'] }),
    await ask(mock.port, { path: '/v1/chat/completions', key: ['Authorization: Bearer k', 'api-key: k'] }),
  ];
  for (const { status, headers } of answers) {
    expect(status).toBe(200);
    expect(headers).toContain('cf-ray');
  }
  expect(mock.journal().map(({ dialect }) => dialect)).toEqual(['openai', 'openai', 'openai']);
});

test('a deployment below /v1 is Azure’s for a client with an access token, too', async () => {
  const mock = await startMock();
  const path = '/v1/deployments/gpt-4o/chat/completions?api-version=2024-10-21';
  const { status, headers } = await ask(mock.port, { path, key: ['Authorization: Bearer eyJhbGciOi.J9.x'] });
  expect(status).toBe(200);
  expect(headers).toContain('apim-request-id');
  expect(mock.journal()).toMatchObject([{ dialect: 'azure', model: 'gpt-4o', unserved: false }]);
});

test.each([
  '/openai/deployments/whisper/audio/transcriptions?api-version=2024-10-21',
  '/openai/v1/images/generations',
  '/openai/assistants?api-version=2024-05-01-preview',
  '/v1/deployments/dall-e-3/images/generations?api-version=2025-04-01-preview',
])('%s is told as not served', async (path) => {
  const mock = await startMock();
  expect((await ask(mock.port, { path })).status).toBe(404);
  expect(mock.journal()[0]).toMatchObject({ endpoint: null, unserved: true, dialect: 'azure' });
});

test('a path that Azure has not is no URL that the mock does not serve', async () => {
  const mock = await startMock();
  await ask(mock.port, { path: '/openai/v1/nothing' });
  await ask(mock.port, { path: '/openai/deployments/gpt-4o/chat/completions' });
  expect(mock.journal().map(({ unserved }) => unserved)).toEqual([false, false]);
});

test('the journal has the deployment as the model, and a hash of the key alone', async () => {
  const mock = await startMock({ azure: { deployments: { mine: 'gpt-4o' } } });
  await ask(mock.port, { path: '/openai/deployments/mine/chat/completions?api-version=2024-10-21', key: ['api-key: secret'] });
  const [entry] = mock.journal();
  expect(entry?.model).toBe('mine');
  expect(entry?.authorizationHash).toMatch(/^[0-9a-f]{16}$/);
  expect(JSON.stringify(entry)).not.toContain('secret');
});

test.each(['/openai/v1/responses', '/openai/responses?api-version=2025-04-01-preview'])(
  'a WebSocket at %s is refused by HTTP, and told as not served',
  async (path) => {
    const mock = await startMock();
    const fields = [
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    ];
    const { text } = await rawExchange(
      mock.port,
      `${[`GET ${path} HTTP/1.1`, 'Host: localhost', 'api-key: k', ...fields].join('\r\n')}\r\n\r\n`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 404 /);
    expect(text).toContain('{"error":{"code":"404","message": "Resource not found"}}');
    expect(mock.journal()).toMatchObject([{ dialect: 'azure', unserved: true }]);
  },
);
