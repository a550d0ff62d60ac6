import { expect, test } from 'vitest';
import { postChat, startMock } from '../../support/start-mock.ts';

/* What a plug-in of a test runner asks of the admin API: a session for each test, and its verdict in words. */

function admin(mock: { origin: string }, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${mock.origin}/__admin${path}`, init);
}

test('a verdict is told as text, too, as run prints it', async () => {
  const mock = await startMock({ rules: [{ attempts: '1..1', fault: { rate_limit: { retry_after: '2s' } } }] });
  for (let attempt = 0; attempt < 2; attempt++) await (await postChat(mock)).text();
  await mock.idle();
  const response = await admin(mock, '/verdict?ended=true&format=text');
  expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
  const text = await response.text();
  expect(text).toMatch(/^FAIL {2}the client breaks 1 rule: never_early$/m);
  expect(text).toMatch(/^ {6}evidence {2}attempt 1: 429 Retry-After 2 → attempt 2 after /m);
  expect(text).toMatch(/^calls +1$/m);
});

test('a format that a verdict does not have is told', async () => {
  const mock = await startMock();
  const response = await admin(mock, '/verdict?format=txt');
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ detail: expect.stringContaining('Did you mean "text"?') });
});

test('who opens a session is told a key that its scenario accepts', async () => {
  const mock = await startMock();
  const open = (body: object) => admin(mock, '/sessions', { method: 'POST', body: JSON.stringify(body) });
  expect(await (await open({ scenario: { auth: { keys: ['sk-mine'] } } })).json()).toMatchObject({ api_key: 'sk-mine' });
  expect(await (await open({})).json()).toMatchObject({ api_key: mock.apiKey });
  expect(await (await admin(mock, '/sessions')).text()).not.toContain('sk-mine');
});

test('sessions of one scenario share nothing but its text', async () => {
  const mock = await startMock();
  const scenario = 'rules:\n  - first: 1\n    fault: overloaded\n';
  const open = async (seed?: number | 'random') =>
    (await admin(mock, '/sessions', { method: 'POST', body: JSON.stringify({ scenario, seed }) })).json();
  const [one, two, other, drawn, drawnAgain] = await Promise.all([open(), open(), open(7), open('random'), open('random')]);
  const ask = async ({ base_url }: { base_url: string }) => {
    const response = await postChat({ baseURL: base_url, apiKey: mock.apiKey });
    await response.text();
    return response.status;
  };
  expect([await ask(one), await ask(one), await ask(two), await ask(two)]).toEqual([503, 200, 503, 200]);
  expect([one.seed, two.seed, other.seed]).toEqual([1, 1, 7]);
  expect(drawn.seed).not.toBe(drawnAgain.seed);
});
