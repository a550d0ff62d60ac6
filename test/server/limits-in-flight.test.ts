import { expect, test } from 'vitest';
import { postChat, startMock } from '../support/start-mock.ts';
import { openSocket } from '../support/web-socket.ts';

test('as many are served at once as may be, by key and model, and the place of each that ends is free (field case F25)', async () => {
  const mock = await startMock({ limits: { '*': { in_flight: 1 } }, latency: { ttft: '400ms' } });
  const [first, second] = await Promise.all([postChat(mock, { user: 'a' }), postChat(mock, { user: 'b' })]);
  expect([first.status, second.status].sort()).toEqual([200, 429]);
  const refused = first.status === 429 ? first : second;
  expect(await refused.json()).toMatchObject({
    error: { type: 'requests', code: 'rate_limit_exceeded', message: expect.stringContaining('concurrent requests: Limit 1') },
  });
  expect(refused.headers.get('retry-after')).toBeNull();
  await first.text().catch(() => undefined);
  await mock.idle();
  expect((await postChat(mock)).status).toBe(200);
  const others = await Promise.all([postChat(mock, { model: 'gpt-4o' }), postChat(mock, { model: 'o3' })]);
  expect(others.map(({ status }) => status)).toEqual([200, 200]);
});

test('who leaves gives back its place, and what never gets to the API takes none', async () => {
  const mock = await startMock({
    limits: { '*': { in_flight: 1 } },
    latency: { ttft: '10s' },
    rules: [{ match: { header: { 'x-hang': '*' } }, fault: 'hang' }],
  });
  const hanging = new AbortController();
  const away = fetch(`${mock.baseURL}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${mock.apiKey}`, 'content-type': 'application/json', 'x-hang': '1' },
    body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'hang' }] }),
    signal: hanging.signal,
  }).catch(() => 'left');
  const leaving = (signal: AbortSignal) =>
    fetch(`${mock.baseURL}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${mock.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'leave' }] }),
      signal,
    }).catch(() => 'left');
  expect(await leaving(AbortSignal.timeout(300))).toBe('left');
  expect(await leaving(AbortSignal.timeout(300))).toBe('left');
  const served = mock.journal().filter(({ status }) => status === 429);
  expect(served).toEqual([]);
  hanging.abort();
  await away;
});

const AZURE_PATHS = ['/openai/deployments/mine/chat/completions?api-version=2024-10-21', '/openai/v1/chat/completions'];

test.each(AZURE_PATHS)('Azure at %s refuses one too many in its own words, which name no wait', async (path) => {
  const mock = await startMock({ limits: { '*': { in_flight: 1 } }, latency: { ttft: '300ms' } });
  const ask = (user: string) =>
    fetch(mock.origin + path, {
      method: 'POST',
      headers: { 'api-key': 'k', 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'mine', user, messages: [{ role: 'user', content: 'Hi' }] }),
    });
  const answers = await Promise.all([ask('a'), ask('b')]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 429]);
  const [refused = answers[0]] = answers.filter(({ status }) => status === 429);
  const { error } = (await refused.json()) as { error: { code: string; message: string } };
  expect(error).toMatchObject({
    code: 'RateLimitReached',
    message: expect.stringMatching(/^Your requests to mine for mine in /),
  });
  expect(error.message).not.toMatch(/openai\.com|second/);
  expect(['retry-after', 'retry-after-ms'].map((name) => refused.headers.get(name))).toEqual([null, null]);
  await mock.idle();
  expect((await ask('c')).status).toBe(200);
});

test('a response, its stream and a turn of a WebSocket hold one place each, and give it back', async () => {
  const mock = await startMock({ limits: { '*': { in_flight: 1 } }, latency: { ttft: '700ms' } });
  const respond = (fields: object) =>
    fetch(`${mock.baseURL}/responses`, {
      method: 'POST',
      headers: { authorization: `Bearer ${mock.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4o', input: 'Hello', ...fields }),
    });
  const underWay = (n: number) => expect.poll(() => mock.journal().filter(({ t_end }) => t_end === null).length).toBe(n);
  const socket = await openSocket(mock);
  const refused = { type: 'error', status: 429, error: { code: 'rate_limit_exceeded' } };
  for (const stream of [false, true]) {
    const first = respond({ stream });
    await underWay(1);
    expect((await respond({})).status).toBe(429);
    expect(await socket.ask()).toMatchObject(refused);
    await (await first).text();
    await underWay(0);
  }
  socket.take();
  socket.send({ type: 'response.create', model: 'gpt-4o', input: 'Hello' });
  await underWay(1);
  expect((await respond({})).status).toBe(429);
  expect(await socket.next(({ type }) => type === 'response.completed')).toBeDefined();
  await underWay(0);
  expect((await respond({})).status).toBe(200);
  // A connection that goes away in the middle of a turn holds nothing.
  await underWay(0);
  socket.send({ type: 'response.create', model: 'gpt-4o', input: 'Hello' });
  await underWay(1);
  socket.ws.terminate();
  await mock.idle();
  expect((await respond({})).status).toBe(200);
});

test('every place is free again after streams that are cut, stall, break or are left, and after a reset', async () => {
  const faults = [
    { truncated_stream: { after_chunks: 1, end: 'reset' } },
    { truncated_stream: { after_chunks: 1 } },
    { stalled_stream: { after_chunks: 1 } },
    { stream_error: { after_chunks: 1 } },
    { connection_reset: { at: 'headers' } },
    { latency: '10s' },
    'overloaded',
    'bad_gateway',
  ];
  const mock = await startMock({
    limits: { '*': { in_flight: 2 } },
    rules: [{ match: { stream: true }, sequence: faults, repeat: true } as never],
  });
  for (let n = 0; n < 2 * faults.length; n++) {
    const leaving = new AbortController();
    const answer = fetch(`${mock.baseURL}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${mock.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: `Hello ${n}` }] }),
      signal: leaving.signal,
    });
    const ended = answer.then((response) => response.text()).catch(() => 'broken');
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 100))]);
    leaving.abort();
    await ended;
    await mock.idle();
  }
  expect(mock.journal().filter(({ faultApplied }) => faultApplied === null)).toEqual([]);
  const left = [1, 2].map(() =>
    postChat(mock, { stream: true }, { 'x-mock-fault': 'stalled_stream; after_chunks=1' }).catch(() => undefined),
  );
  const open = await Promise.all(left);
  expect((await postChat(mock)).status).toBe(429);
  await mock.reset();
  expect((await postChat(mock)).status).toBe(200);
  for (const each of open) await each?.body?.cancel();
});

test('limits are changed over HTTP, and rules are taken out', async () => {
  const mock = await startMock({ limits: { 'gpt-4o': { rpd: 500 } }, rules: [{ name: 'down', fault: 'overloaded' }] });
  const admin = (path: string, init: RequestInit = {}) => fetch(`${mock.origin}/__admin${path}`, init);
  expect((await postChat(mock)).status).toBe(503);
  expect(await (await admin('/rules/down', { method: 'DELETE' })).json()).toEqual({ removed: ['down'] });
  const unknown = await admin('/rules/dwn', { method: 'DELETE' });
  expect(unknown.status).toBe(404);
  expect((await postChat(mock)).headers.get('x-ratelimit-remaining-requests')).toBe('498');
  const changed = await admin('/limits', { method: 'POST', body: JSON.stringify({ 'gpt-4o': { rpd: 100 } }) });
  expect(await changed.json()).toEqual({
    limits: [expect.stringMatching(/^gpt-4o: 500 requests per day; from .* on 100 requests per day$/)],
  });
  const next = await postChat(mock);
  expect(next.headers.get('x-ratelimit-limit-requests')).toBe('100');
  expect(Number(next.headers.get('x-ratelimit-remaining-requests'))).toBe(97);
  for (const [body, detail] of [
    ['{"gpt-4": {"rpm": 1}}', 'limits has no such entry; it has gpt-4o. Did you mean "gpt-4o"?'],
    ['{"gpt-4o": {"rpn": 1}}', 'unknown key "rpn". Did you mean "rpm"?'],
    ['{}', 'changes nothing: name an entry of limits'],
  ] as const) {
    const refused = await admin('/limits', { method: 'POST', body });
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({ title: 'The limits are wrong.', detail: expect.stringContaining(detail) });
  }
});
