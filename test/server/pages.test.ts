import { request } from 'node:http';
import { expect, test } from 'vitest';
import { postChat, startMock } from '../support/start-mock.ts';

const ORIGIN = 'https://app.example';

interface Answer {
  readonly status: number | undefined;
  readonly headers: Record<string, string | string[] | undefined>;
}

/** `fetch` keeps the headers of a preflight to itself. */
function preflight(url: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'OPTIONS', headers: { origin: ORIGIN, ...headers } }, (response) => {
      response.resume().on('end', () => resolve({ status: response.statusCode, headers: response.headers }));
    });
    sent.on('error', reject).end();
  });
}

const ASKED = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,x-stainless-os' };

test('a page may send what it asks for', async () => {
  const mock = await startMock();
  const { status, headers } = await preflight(`${mock.baseURL}/chat/completions`, ASKED);
  expect(status).toBe(204);
  expect(headers).toMatchObject({
    'access-control-allow-origin': '*',
    'access-control-allow-headers': 'authorization,x-stainless-os',
    'access-control-allow-methods': expect.stringContaining('POST'),
  });
});

test('a preflight is no request of the scenario: it meets no rule, and no clock begins with it', async () => {
  const mock = await startMock({ rules: [{ first: 1, fault: 'overloaded' }] });
  await preflight(`${mock.baseURL}/chat/completions`, ASKED);
  expect(mock.journal()).toEqual([]);
  expect(mock.verdict().calls).toBe(0);
  expect((await postChat(mock)).status).toBe(503);
});

test.each(['server_error', 'bad_gateway', 'invalid_api_key', { rate_limit: { retry_after: '1s' } }] as const)(
  'a page may read the answer under %j',
  async (fault) => {
    const mock = await startMock({ rules: [{ fault, first: 1 }] });
    for (const _ of [1, 2]) {
      const response = await postChat(mock, {}, { origin: ORIGIN });
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
    }
  },
);

test('a URL that nobody serves is told to pages, too', async () => {
  const mock = await startMock();
  const response = await fetch(`${mock.baseURL}/nothing`, { headers: { origin: ORIGIN } });
  expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([404, '*']);
});

test.each([
  ['a coding that is not known', { 'content-encoding': 'snappy' }, 415],
  ['a fault that is none', { 'x-mock-fault': 'latncy' }, 400],
])('what the mock itself says may be read by pages: %s', async (_what, headers, status) => {
  const mock = await startMock();
  const response = await postChat(mock, {}, { origin: ORIGIN, ...headers });
  expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([status, '*']);
});

test('without an Origin nothing is said of pages', async () => {
  const mock = await startMock();
  expect((await postChat(mock)).headers.get('access-control-allow-origin')).toBeNull();
});

test('with cors: false no page may use the mock', async () => {
  const mock = await startMock({ cors: false });
  const { headers } = await preflight(`${mock.baseURL}/chat/completions`, ASKED);
  expect(headers['access-control-allow-origin']).toBeUndefined();
  expect((await postChat(mock, {}, { origin: ORIGIN })).headers.get('access-control-allow-origin')).toBeNull();
});

test('the admin API stays closed to pages', async () => {
  const mock = await startMock();
  const { status, headers } = await preflight(`${new URL(mock.baseURL).origin}/__admin/rules`, ASKED);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(headers['access-control-allow-origin']).toBeUndefined();
});
