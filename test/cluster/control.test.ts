import { request } from 'node:http';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import type { JournalEntry } from '../../src/core/journal/entry.ts';
import { rawChat, rawExchange } from '../support/raw-http.ts';
import { postChat } from '../support/start-mock.ts';
import { sharedWorkers, startWorkers, type Workers } from '../support/start-workers.ts';

const under = sharedWorkers();

/** Statuses of requests that come at once; null of one whose connection is reset. */
function ask(server: { baseURL: string; apiKey: string }, count: number, headers = {}): Promise<(number | null)[]> {
  const one = async () => {
    const response = await postChat(server, {}, headers).catch(() => null);
    await response?.text();
    return response?.status ?? null;
  };
  return Promise.all(Array.from({ length: count }, one));
}

const journalOf = async (server: Workers, prefix = '') =>
  (await server.admin<{ entries: JournalEntry[] }>(`${prefix}/__admin/journal`)).entries;

test('a reset takes all processes back to the beginning', async () => {
  const server = await under('rules: [ { first: 6, fault: overloaded } ]');
  expect(await ask(server, 6)).toEqual(Array(6).fill(503));
  expect(await ask(server, 6)).toEqual(Array(6).fill(200));
  await server.admin('/__admin/reset', { method: 'POST' });
  expect(await journalOf(server)).toEqual([]);
  expect(await ask(server, 6)).toEqual(Array(6).fill(503));
  expect(await journalOf(server)).toHaveLength(6);
});

test('another scenario, and added rules, are in force everywhere when the answer comes', async () => {
  const server = await under('{}');
  expect(await ask(server, 8)).toEqual(Array(8).fill(200));
  await server.admin('/__admin/scenario', { method: 'PUT', body: 'rules: [ { fault: bad_gateway } ]' });
  expect(await ask(server, 8)).toEqual(Array(8).fill(502));
  const rules = '[ { match: { prompt: "*ell*" }, times: 4, fault: { overloaded: { message: Enough. } } } ]';
  await server.admin('/__admin/rules', { method: 'POST', body: rules });
  expect((await ask(server, 8)).sort()).toEqual([502, 502, 502, 502, 503, 503, 503, 503]);
  await server.admin('/__admin/reset', { method: 'POST' });
  expect(await ask(server, 8)).toEqual(Array(8).fill(502));
});

test('sessions are worlds of their own in all processes', async () => {
  const server = await under('rules: [ { first: 2, fault: overloaded } ]');
  const body = JSON.stringify({ scenario: 'max_body: 1KiB\nrules: [ { first: 3, fault: server_error } ]\n' });
  const { id, base_url: baseURL } = await server.admin<{ id: string; base_url: string }>('/__admin/sessions', {
    method: 'POST',
    body,
  });
  const session = { baseURL, apiKey: server.apiKey };
  const sum = (statuses: readonly (number | null)[]) => statuses.toSorted();
  expect(sum(await ask(session, 5))).toEqual([200, 200, 500, 500, 500]);
  expect(sum(await ask({ ...session, baseURL: server.baseURL.replace('/v1', '/s/mine/v1') }, 5))).toEqual([
    200, 200, 200, 503, 503,
  ]);
  expect(sum(await ask(server, 5))).toEqual([200, 200, 200, 503, 503]);
  const large = await postChat(session, { user: 'x'.repeat(2_000) });
  expect([large.status, (await postChat(server, { user: 'x'.repeat(2_000) })).status]).toEqual([413, 200]);
  expect((await journalOf(server, `/s/${id}`)).map(({ session: of }) => of)).toEqual(Array(6).fill(id));
  await server.admin(`/__admin/sessions/${id}`, { method: 'DELETE' });
  expect(sum(await ask(session, 5))).toEqual([200, 200, 200, 503, 503]);
});

test('a call is named in the path', async () => {
  const server = await under('rules: [ { per: call, sequence: [overloaded, ok] } ]');
  const url = (call: string) => ({ ...server, baseURL: server.baseURL.replace('/v1', `/s/x/c/${call}/v1`) });
  for (const call of ['a', 'b', 'c']) expect([await ask(url(call), 1), await ask(url(call), 1)]).toEqual([[503], [200]]);
  expect((await journalOf(server, '/s/x')).map(({ logicalId, attemptSeq }) => `${logicalId} ${attemptSeq}`)).toEqual([
    'a 1',
    'a 2',
    'b 1',
    'b 2',
    'c 1',
    'c 2',
  ]);
});

test('connections are reset as they are accepted, as many as the rule says', async () => {
  const server = await startWorkers('rules: [ { every: 3, fault: { connection_reset: { at: accept } } } ]');
  const endings: string[] = [];
  for (let i = 0; i < 9; i++) {
    endings.push((await rawExchange(server.port, rawChat('{"model":"gpt-4o","messages":[]}'), (text) => text !== '')).ending);
  }
  expect(endings).toEqual([
    'still open',
    'still open',
    'RST',
    'still open',
    'still open',
    'RST',
    'still open',
    'still open',
    'RST',
  ]);
  const entries = await journalOf(server);
  expect(entries.filter(({ closedHow }) => closedHow === 'reset').map(({ method, connId }) => [method, connId])).toEqual([
    ['', 3],
    ['', 6],
    ['', 9],
  ]);
});

test('a request asks for its fault', async () => {
  const server = await under('{}');
  expect(await ask(server, 4, { 'x-mock-fault': 'rate_limit; retry_after=2s' })).toEqual([429, 429, 429, 429]);
  expect(await ask(server, 4, { 'x-mock-fault': 'connection_reset; at=accept' })).toEqual([null, null, null, null]);
  expect(await ask(server, 2, { 'x-mock-fault': 'no_such_fault' })).toEqual([400, 400]);
  expect((await journalOf(server)).map(({ faultApplied }) => faultApplied?.rule)).toEqual(Array(8).fill('x-mock-fault'));
});

test('what the next request on a connection meets, it meets', async () => {
  const server = await under('rules: [ { first: 1, fault: early_close } ]');
  const chat = rawChat('{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}]}');
  const { text, ending } = await rawExchange(server.port, [chat, chat]);
  expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(1);
  expect(ending).not.toBe('still open');
});

test('an upload that its client leaves is in the journal', async () => {
  const server = await under('{}');
  const chat = rawChat('{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}]}');
  const socket = connect(server.port, '127.0.0.1', () => socket.write(chat.slice(0, -10)));
  await expect.poll(() => server.admin<{ in_flight: number }>('/__admin/health')).toMatchObject({ in_flight: 1 });
  socket.destroy();
  await expect.poll(() => journalOf(server)).toMatchObject([{ closedBy: 'client', t_bodyEnd: null }]);
  expect(await server.admin('/__admin/health')).toMatchObject({ in_flight: 0 });
});

test('an upload to the admin API that its client leaves is no failure of the mock', async () => {
  const server = await startWorkers('{}');
  const upload = 'PUT /__admin/scenario HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nname: x';
  const socket = connect(server.port, '127.0.0.1', () => socket.write(upload));
  for (let asked = 0; asked < 4; asked++) await server.admin('/__admin/health');
  socket.resetAndDestroy();
  for (let asked = 0; asked < 4; asked++) await server.admin('/__admin/health');
  expect((await server.stop()).stderr).not.toMatch(/failed|\n\s+at /);
});

test('verdict and metrics are those of all processes', async () => {
  const server = await startWorkers('rules: [ { first: 4, fault: { rate_limit: { retry_after: 30s } } } ]');
  for (let i = 0; i < 5; i++) await ask(server, 1, { 'idempotency-key': 'one' });
  const { findings } = await server.admin<{ findings: { rule: string; verdict: string }[] }>('/__admin/verdict');
  expect(findings.find(({ rule }) => rule === 'never_early')).toMatchObject({ verdict: 'fail', n: 4 });
  const metrics = await (await fetch(server.baseURL.replace('/v1', '/metrics'))).text();
  expect(metrics).toContain('mock_openai_attempts_total{session="default"} 5\n');
  expect(metrics).toContain('status="429",fault="rate_limit"} 4\n');
});

test('the admin API is guarded as in one process', async () => {
  const server = await startWorkers('{}', ['--admin-token', 'secret']);
  const url = server.baseURL.replace('/v1', '/__admin/journal');
  const status = async (init: RequestInit = {}, at = url) => (await fetch(at, init)).status;
  expect(await status()).toBe(401);
  expect(await status({ headers: { authorization: 'Bearer secret' } })).toBe(200);
  expect(await status({ headers: { authorization: 'Bearer secret', origin: 'http://elsewhere.example' } })).toBe(403);
  expect(await status({ headers: { authorization: 'Bearer secret' }, method: 'DELETE' })).toBe(405);
  expect(await status({}, url.replace('journal', 'health'))).toBe(200);
  const foreign = 'GET /__admin/journal HTTP/1.1\r\nHost: rebound.example\r\nAuthorization: Bearer secret\r\n\r\n';
  expect((await rawExchange(server.port, foreign, (text) => text !== '')).text).toMatch(/^HTTP\/1\.1 403 /);
});

test('base_url is reached by the host that was asked, whichever process was asked', async () => {
  const server = await under('{}');
  const asked = await new Promise<string>((resolve, reject) => {
    const options = {
      port: server.port,
      host: '127.0.0.1',
      method: 'POST',
      path: '/__admin/sessions',
      headers: { host: 'localhost:9' },
    };
    request(options, async (response) => {
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      resolve(text);
    })
      .on('error', reject)
      .end();
  });
  const { id, base_url: baseUrl } = JSON.parse(asked);
  expect(baseUrl).toBe(`http://localhost:9/s/${id}/v1`);
  const own = await server.admin<{ id: string; base_url: string }>('/__admin/sessions', { method: 'POST' });
  expect(own.base_url).toBe(server.baseURL.replace('/v1', `/s/${own.id}/v1`));
});

test.each([
  ['a Host header that is no host', `GET /__admin/health HTTP/1.1\r\nHost: a b\r\n\r\n`, 400, 'The Host header is wrong.'],
  ['a method that it does not take', `TRACE /__admin/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`, 405, 'Wrong method.'],
  [
    'a body that is too long',
    `PUT /__admin/scenario HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1048577\r\n\r\n${'x'.repeat(1_048_577)}`,
    413,
    'The body is too long.',
  ],
])('the admin API says what is wrong with %s', async (_what, request, status, title) => {
  const server = await startWorkers('{}');
  const { text } = await rawExchange(server.port, request, (read) => read.includes(title));
  expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(text).toContain(title);
  expect((await server.stop()).stderr).not.toMatch(/failed|\n\s+at /);
});
