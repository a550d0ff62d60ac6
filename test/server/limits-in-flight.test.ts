import { expect, test } from 'vitest';
import { postChat, startMock } from '../support/start-mock.ts';

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
    ['{"gpt-4": {"rpm": 1}}', 'limits has no such entry; it has gpt-4o'],
    ['{"gpt-4o": {"rpn": 1}}', 'unknown key "rpn". Did you mean "rpm"?'],
    ['{}', 'changes nothing: name an entry of limits'],
  ] as const) {
    const refused = await admin('/limits', { method: 'POST', body });
    expect(refused.status).toBe(422);
    expect(JSON.stringify(await refused.json())).toContain(detail.replaceAll('"', '\\"'));
  }
});
