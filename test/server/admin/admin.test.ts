import { request } from 'node:http';
import { expect, test } from 'vitest';
import { postChat, startMock } from '../../support/start-mock.ts';

function admin(mock: { origin: string }, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${mock.origin}/__admin${path}`, init);
}

test('health tells the scenario, the seed and the load', async () => {
  const mock = await startMock('name: mine\nseed: 5');
  expect(await (await admin(mock, '/health')).json()).toMatchObject({
    status: 'ok',
    scenario: 'mine',
    seed: 5,
    sessions: 1,
    in_flight: 0,
  });
});

test('the journal has the fields of every request, and no key', async () => {
  const mock = await startMock({
    rules: [
      {
        name: 'limit',
        attempts: 1,
        fault: { rate_limit: { retry_after: '2s' } },
      },
    ],
  });
  await (await postChat(mock, {}, { 'x-stainless-retry-count': '0' })).text();
  await (await postChat(mock, {}, { 'x-stainless-retry-count': '1' })).text();
  const text = await (await admin(mock, '/journal')).text();
  expect(text).not.toContain(mock.apiKey);
  const { entries, next } = JSON.parse(text);
  expect(next).toBe(2);
  expect(entries[0]).toMatchObject({
    seq: 1,
    session: 'default',
    attemptSeq: 1,
    status: 429,
    errorCode: 'rate_limit_exceeded',
    errorType: 'requests',
    hint: { header: 'retry-after', raw: '2' },
    faultApplied: { rule: 'limit', faults: [{ name: 'rate_limit' }] },
    closedBy: null,
    method: 'POST',
    path: '/v1/chat/completions',
    endpoint: 'chat.completions',
    model: 'gpt-4o',
    stream: false,
    bodySha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    bodyShaCanonical: expect.stringMatching(/^[0-9a-f]{64}$/),
    authorizationHash: expect.stringMatching(/^[0-9a-f]{16}$/),
    xRequestId: expect.stringMatching(/^req_[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$/),
    headers: { 'x-stainless-retry-count': '0' },
  });
  const [first] = entries;
  for (const time of ['t_accept', 't_headers', 't_bodyEnd', 't_firstByteBefore', 't_lastByte'])
    expect(first[time]).toBeTypeOf('number');
  expect(first.hint.dueAt).toBeCloseTo(first.t_firstByteBefore + 2_000, 3);
  expect(entries[1].logicalId).toBe(first.logicalId);
  const later = await (await admin(mock, '/journal?since=1')).json();
  expect(later.entries.map(({ seq }: { seq: number }) => seq)).toEqual([2]);
  expect((await admin(mock, '/journal?since=-1')).status).toBe(400);
});

test('the canonical hash ignores the order of keys and stream_options', async () => {
  const mock = await startMock();
  for (const body of [
    { user: 'u', n: 1 },
    { n: 1, user: 'u', stream_options: null },
    { n: 2, user: 'u' },
  ])
    await postChat(mock, body);
  const [a, b, c] = mock.journal().map(({ bodyShaCanonical }) => bodyShaCanonical);
  expect(a).toBe(b);
  expect(a).not.toBe(c);
});

test('calls are listed with their attempts', async () => {
  const mock = await startMock({
    rules: [{ attempts: 1, fault: 'server_error' }],
  });
  for (const count of ['0', '1']) await (await postChat(mock, {}, { 'x-stainless-retry-count': count })).text();
  const { calls } = await (await admin(mock, '/calls')).json();
  expect(calls).toHaveLength(1);
  expect(calls[0]).toMatchObject({
    method: 'retry-count',
    attempts: [
      { attempt: 1, status: 500, gapMs: null },
      { attempt: 2, status: 200 },
    ],
  });
  expect(calls[0].attempts[1].gapMs).toBeGreaterThanOrEqual(0);
});

test('the scenario is replaced by YAML or JSON, and what is read can be put back', async () => {
  const mock = await startMock('healthy');
  const yaml = await admin(mock, '/scenario', {
    method: 'PUT',
    headers: { 'content-type': 'application/yaml' },
    body: 'name: bad\nrules:\n  - fault: server_error\n',
  });
  expect(yaml.status).toBe(200);
  expect((await postChat(mock)).status).toBe(500);
  const shown = await (await admin(mock, '/scenario')).json();
  expect(shown).toEqual({
    name: 'bad',
    seed: 1,
    rules: [{ fault: 'server_error' }],
  });
  const json = await admin(mock, '/scenario', {
    method: 'PUT',
    body: JSON.stringify({ ...shown, rules: [{ fault: 'overloaded' }] }),
  });
  expect(json.status).toBe(200);
  expect((await postChat(mock)).status).toBe(503);
});

test('limits are shown as written; a new scenario and a reset start their buckets anew', async () => {
  const mock = await startMock();
  const limits = { 'gpt-4o': { rpm: 1 }, '*': 'tier-1' };
  await admin(mock, '/scenario', { method: 'PUT', body: JSON.stringify({ limits }) });
  expect((await (await admin(mock, '/scenario')).json()).limits).toEqual(limits);
  expect([(await postChat(mock)).status, (await postChat(mock)).status]).toEqual([200, 429]);
  await admin(mock, '/reset', { method: 'POST' });
  expect((await postChat(mock)).status).toBe(200);
  await admin(mock, '/scenario', { method: 'PUT', body: JSON.stringify({ limits }) });
  expect((await postChat(mock)).status).toBe(200);
});

test('a wrong scenario is a 422 with every problem, and the old one stays', async () => {
  const mock = await startMock({ rules: [{ fault: 'overloaded' }] });
  const response = await admin(mock, '/scenario', {
    method: 'PUT',
    body: 'rules:\n  - fault: latncy\n    first: 0\n',
  });
  expect(response.status).toBe(422);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const { problems } = await response.json();
  expect(problems).toEqual([
    {
      file: 'scenario',
      line: 2,
      column: 12,
      path: 'rules[0].fault',
      message: 'unknown fault "latncy". Did you mean "latency"?',
    },
    {
      file: 'scenario',
      line: 3,
      column: 12,
      path: 'rules[0].first',
      message: 'expected a number of at least 1, found 0',
    },
  ]);
  expect((await postChat(mock)).status).toBe(503);
});

test('keys are shown masked', async () => {
  const mock = await startMock({
    auth: { keys: ['sk-0123456789abcdef', 'short'] },
  });
  expect((await (await admin(mock, '/scenario')).json()).auth).toEqual({
    keys: ['sk-01234*******cdef', '*****'],
  });
});

test('rules are put before those of the file, and a reset takes them away', async () => {
  const mock = await startMock({ rules: [{ fault: 'overloaded' }] });
  const added = await admin(mock, '/rules', {
    method: 'POST',
    body: JSON.stringify([{ times: 1, fault: 'server_error' }]),
  });
  expect(added.status).toBe(201);
  expect([(await postChat(mock)).status, (await postChat(mock)).status]).toEqual([500, 503]);
  expect((await (await admin(mock, '/rules')).json()).rules).toMatchObject([
    {
      id: 'added[1][0]',
      summary: 'every request, at most once: server_error (500)',
    },
    { id: 'rules[0]', summary: 'every request: overloaded (503)' },
  ]);
  expect((await admin(mock, '/reset', { method: 'POST' })).status).toBe(200);
  expect((await postChat(mock)).status).toBe(503);
  expect(mock.journal()).toHaveLength(1);
  expect((await admin(mock, '/rules', { method: 'POST', body: 'fault: latncy' })).status).toBe(422);
});

test('sessions are worlds of their own', async () => {
  const mock = await startMock({ rules: [{ first: 1, fault: 'overloaded' }] });
  const made = await (
    await admin(mock, '/sessions', {
      method: 'POST',
      body: JSON.stringify({
        scenario: 'rules: [{ fault: server_error }]',
        seed: 9,
      }),
    })
  ).json();
  expect(made).toMatchObject({
    id: 's1',
    base_url: `${mock.origin}/s/s1/v1`,
    seed: 9,
  });
  expect((await postChat({ baseURL: made.base_url, apiKey: 'sk-x' })).status).toBe(500);
  expect((await postChat(mock)).status).toBe(503);
  expect(
    (
      await postChat({
        baseURL: `${mock.origin}/s/first-use/v1`,
        apiKey: 'sk-x',
      })
    ).status,
  ).toBe(503);
  expect(
    (
      await postChat({
        baseURL: `${mock.origin}/s/first-use/v1`,
        apiKey: 'sk-x',
      })
    ).status,
  ).toBe(200);
  const journal = await (await fetch(`${mock.origin}/s/first-use/__admin/journal`)).json();
  expect(journal.entries).toHaveLength(2);
  expect((await (await admin(mock, '/sessions')).json()).sessions.map(({ id }: { id: string }) => id)).toEqual([
    'default',
    's1',
    'first-use',
  ]);
  expect((await admin(mock, '/sessions/s1', { method: 'DELETE' })).status).toBe(200);
  expect((await admin(mock, '/sessions/s1', { method: 'DELETE' })).status).toBe(404);
  expect((await admin(mock, '/sessions/default', { method: 'DELETE' })).status).toBe(404);
});

test.each([
  ['{', 'invalid JSON'],
  ['[]', 'expected a JSON object'],
  ['{"sed":1}', 'unknown key'],
  ['{"seed":-1}', 'expected a whole number or random'],
  ['{"seed":"7"}', 'expected a whole number or random'],
  ['{"scenario":"../secret.yaml"}', 'found a path'],
  ['{"scenario":null}', 'found nothing'],
  ['{"scenario":"flakey"}', 'Did you mean "flaky"'],
])('a session of %s is refused', async (body, words) => {
  const mock = await startMock();
  const response = await admin(mock, '/sessions', { method: 'POST', body });
  expect(response.status).toBe(422);
  expect(await response.text()).toContain(words.replaceAll('"', '\\"'));
});

test.each([
  ['JSON in one line', '{"rules":[{"fault":"overloaded"}]}'],
  ['a flow mapping', ' { rules: [overloaded] }'.replace('[overloaded]', '[{fault: overloaded}]')],
  ['data', { rules: [{ fault: 'overloaded' }] }],
])('a session takes its scenario as %s', async (_what, scenario) => {
  const mock = await startMock();
  const made = await admin(mock, '/sessions', { method: 'POST', body: JSON.stringify({ scenario }) });
  expect(made.status).toBe(201);
  expect((await postChat({ baseURL: (await made.json()).base_url, apiKey: 'sk-x' })).status).toBe(503);
});

test('a session may pick its seed', async () => {
  const mock = await startMock('seed: 7');
  const seeds = await Promise.all(
    ['{"seed":"random"}', '{"seed":"random","scenario":"flaky"}'].map(async (body) => {
      const made = await admin(mock, '/sessions', { method: 'POST', body });
      expect(made.status).toBe(201);
      return (await made.json()).seed;
    }),
  );
  expect(new Set([7, ...seeds]).size).toBe(3);
  for (const seed of seeds) expect(Number.isSafeInteger(seed)).toBe(true);
});

test('an unknown admin route is a problem, not an answer of OpenAI', async () => {
  const mock = await startMock();
  const response = await admin(mock, '/nothing');
  expect(response.status).toBe(404);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
});

/** A request whose headers a browser would not let us choose. */
function raw(port: number, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', path: '/__admin/journal', headers }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });
}

test.each([
  ['another origin', { origin: 'https://evil.example' }, 403],
  ['a cross-site fetch', { 'sec-fetch-site': 'cross-site' }, 403],
  ['a rebound host name', { host: 'evil.example' }, 403],
  ['localhost', { host: 'localhost:1234' }, 200],
] as const)('a request from %s is answered with %d', async (_what, headers, status) => {
  const mock = await startMock();
  expect(await raw(mock.port, headers)).toBe(status);
});

test('with a token, only its holder is let in; health is open', async () => {
  const mock = await startMock({}, { adminToken: 'secret' });
  expect((await admin(mock, '/journal')).status).toBe(401);
  expect(
    (
      await admin(mock, '/journal', {
        headers: { authorization: 'Bearer wrong' },
      })
    ).status,
  ).toBe(401);
  expect(
    (
      await admin(mock, '/journal', {
        headers: { authorization: 'Bearer secret' },
      })
    ).status,
  ).toBe(200);
  expect((await admin(mock, '/health')).status).toBe(200);
});

test('on every address, the admin API is off without a token', async () => {
  const mock = await startMock({}, { host: '0.0.0.0' });
  expect((await admin(mock, '/journal')).status).toBe(403);
  expect((await admin(mock, '/health')).status).toBe(200);
});

test('the API under test is not guarded by the token', async () => {
  expect((await postChat(await startMock({}, { adminToken: 'secret' }))).status).toBe(200);
});

test('a wrong method on an admin route is a 405 that names the right ones', async () => {
  const mock = await startMock();
  const response = await admin(mock, '/scenario', { method: 'DELETE' });
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe('GET, PUT');
  const ofSession = await fetch(`${mock.origin}/s/x/__admin/health`, { method: 'POST' });
  expect([ofSession.status, ofSession.headers.get('allow')]).toEqual([405, 'GET']);
});

test.each(['GET', 'POST', 'DELETE'])('%s sessions is none of the routes of a session', async (method) => {
  const mock = await startMock();
  const response = await fetch(`${mock.origin}/s/s2/__admin/sessions`, { method });
  expect([response.status, response.headers.get('allow')]).toEqual([404, null]);
});

test.each(['', 'null', '~\n'])('the body %j replaces nothing', async (body) => {
  const mock = await startMock({ rules: [{ fault: 'overloaded' }] });
  expect((await admin(mock, '/scenario', { method: 'PUT', body })).status).toBe(422);
  expect((await postChat(mock)).status).toBe(503);
});

test('a key in a match is not shown, a pattern is', async () => {
  const key = 'sk-supersecret-1234567890';
  const mock = await startMock({
    rules: [
      { match: { key }, fault: 'ok' },
      { match: { key: 'sk-*' }, fault: 'ok' },
    ],
  });
  const shown = (await (await admin(mock, '/scenario')).text()) + (await (await admin(mock, '/rules')).text());
  expect(shown).not.toContain(key);
  expect(shown).toContain('sk-*');
});

test('an empty token opens nothing', async () => {
  const mock = await startMock({}, { host: '0.0.0.0', adminToken: '' });
  expect((await admin(mock, '/journal')).status).toBe(403);
});

test.each([
  ['GET', '/verdict?preset=strict-sre', 'unknown query parameter "preset". Known: policy, ended, format, settle.'],
  ['GET', '/verdict?polici=strict-sre', 'unknown query parameter "polici". Did you mean "policy"?'],
  [
    'GET',
    '/verdict?policy=strict-sre&a=1&b',
    'unknown query parameter "a". Known: policy, ended, format, settle. unknown query parameter "b". Known: policy, ended, format, settle.',
  ],
  ['POST', '/verdict?policy=strict-sre', 'unknown query parameter "policy". Known: ended, format, settle.'],
  ['GET', '/journal?from=3', 'unknown query parameter "from". Known: since.'],
  ['GET', '/events?onyl=entry', 'unknown query parameter "onyl". Did you mean "only"?'],
])('%s %s is a 400 that names what is known', async (method, path, detail) => {
  const mock = await startMock();
  for (const prefix of ['', '/s/one']) {
    const response = await fetch(`${mock.origin}${prefix}/__admin${path}`, { method });
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toEqual({ type: 'about:blank', title: 'The query is wrong.', status: 400, detail });
  }
});

test('a change of limits that names no entry is told the entries, those by key as such, and no whole key', async () => {
  const keys = { 'sk-batch*': { '*': { rpm: 10 } }, 'sk-secret-1': { 'gpt-4*': { rpm: 5 } } };
  const mock = await startMock({ limits: { keys, 'gpt-4o': { rpm: 500 } } });
  const response = await admin(mock, '/limits', { method: 'POST', body: '{"keys":{"sk-x":{"*":{"rpm":5}}}}' });
  expect([response.status, (await response.json()).detail]).toEqual([
    422,
    'limits has no such entry; it has * with a key like sk-batch*, gpt-4* with a certain key, gpt-4o',
  ]);
});

test.each([
  ['one that is not there', [{ name: 'an outage', fault: 'overloaded' }], 'unknown rule "nosuch". Known: an outage.'],
  ['any, where there is none', [], 'unknown rule "nosuch". The session has no rules.'],
] as const)('to take out %s is a 404 that names what is known', async (_what, rules, detail) => {
  const mock = await startMock({ rules: [...rules] });
  const response = await admin(mock, '/rules/nosuch', { method: 'DELETE' });
  expect([response.status, await response.json()]).toEqual([404, expect.objectContaining({ title: 'No such rule.', detail })]);
});

/** The answer to a request that names another host than the one it is sent to. */
function askedAs(host: string, { port, method, path }: { port: number; method: string; path: string }): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', method, path, headers: { host } }, async (response) => {
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      resolve(text);
    })
      .on('error', reject)
      .end();
  });
}

test('base_url is reached by the host that was asked, as through a mapped port', async () => {
  const { port } = await startMock();
  const made = JSON.parse(await askedAs('localhost:9443', { port, method: 'POST', path: '/__admin/sessions' }));
  expect(made.base_url).toBe(`http://localhost:9443/s/${made.id}/v1`);
  const { sessions } = JSON.parse(await askedAs('[::1]:8080', { port, method: 'GET', path: '/__admin/sessions' }));
  expect(sessions.map((session: { base_url: string }) => session.base_url)).toEqual([
    'http://[::1]:8080/v1',
    `http://[::1]:8080/s/${made.id}/v1`,
  ]);
});

test('after a reset the first call is #1 again, unless a request of before is still being answered', async () => {
  const mock = await startMock({ rules: [{ match: { user: 'patient' }, fault: { latency: '1s' } }] });
  const callIds = () => mock.calls().map(({ id }) => id);
  await (await postChat(mock)).text();
  await (await postChat(mock)).text();
  expect(callIds()).toEqual(['#1', '#2']);
  mock.reset();
  await (await postChat(mock)).text();
  expect(callIds()).toEqual(['#1']);
  const slow = postChat(mock, { user: 'patient' });
  await expect.poll(async () => (await (await admin(mock, '/health')).json()).in_flight).toBe(1);
  mock.reset();
  await (await postChat(mock)).text();
  await (await slow).text();
  expect(new Set(mock.journal().map(({ logicalId }) => logicalId)).size).toBe(mock.journal().length);
});
