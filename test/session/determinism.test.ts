import { expect, test } from 'vitest';
import { postChat, startMock } from '../support/start-mock.ts';

const SCENARIO = `
name: determinism
seed: 11
rules:
  - probability: 0.3
    one_of: { server_error: 2, overloaded: 1, rate_limit: 1 }
  - probability: 0.2
    fault: [ { latency: { min: 0ms, max: 5ms } }, { http_error: { status: 418, message: teapot } } ]
`;

/** Status, text and ids of the answer: everything but the clock's traces. */
async function fate(response: Response): Promise<string> {
  const body = (await response.text()).replace(/"created": \d+|chatcmpl-.{5}/g, '');
  return `${response.status} ${response.headers.get('x-request-id')} ${body}`;
}

async function run(parallel: boolean, bodies: readonly object[]): Promise<string[]> {
  const mock = await startMock(SCENARIO);
  if (parallel) return Promise.all(bodies.map(async (body) => fate(await postChat(mock, body))));
  const fates: string[] = [];
  for (const body of bodies) fates.push(await fate(await postChat(mock, body)));
  return fates;
}

const distinct = Array.from({ length: 200 }, (_, i) => ({
  messages: [{ role: 'user', content: `Question ${i}` }],
}));

test('two runs give the same decisions and texts, one after the other or 200 in parallel', async () => {
  const first = await run(false, distinct);
  expect(await run(false, distinct)).toEqual(first);
  expect(await run(true, distinct)).toEqual(first);
  expect(new Set(first.map((text) => text.slice(0, 3))).size).toBeGreaterThan(3);
});

test('200 equal requests have the same fates together, whatever their order', async () => {
  const equal = distinct.map(() => ({}));
  const sorted = async (parallel: boolean) => (await run(parallel, equal)).sort();
  expect(await sorted(true)).toEqual(await sorted(false));
});

test('every session of a scenario has the same fate', async () => {
  const mock = await startMock(SCENARIO);
  const fates = async () => {
    const session = mock.session();
    return Promise.all(distinct.slice(0, 20).map(async (body) => fate(await postChat({ ...session }, body))));
  };
  expect(await fates()).toEqual(await fates());
});

test('another seed gives other fates', async () => {
  const statuses = async (seed: number) => {
    const mock = await startMock(SCENARIO, { seed });
    return Promise.all(distinct.slice(0, 60).map(async (body) => (await postChat(mock, body)).status));
  };
  expect(await statuses(1)).not.toEqual(await statuses(2));
});

/** A client that tries again at once until it gets through; returns how often it failed. */
async function failuresUntilSuccess(
  base: string,
  key: string,
  body: object,
  mark: (attempt: number) => Record<string, string>,
): Promise<number> {
  for (let attempt = 0; attempt < 10; attempt++) {
    const response = await postChat({ baseURL: base, apiKey: key }, body, mark(attempt));
    await response.text();
    if (response.ok) return attempt;
  }
  return 10;
}

test.each([
  ['a retry count and equal bodies', () => ({}), (attempt: number) => ({ 'x-stainless-retry-count': String(attempt) })],
  ['distinct bodies and no mark', (i: number) => ({ user: `u${i}` }), () => ({})],
] as const)('100 parallel calls under attempts: 1..2 each see exactly two failures, by %s', async (_how, body, mark) => {
  const mock = await startMock({
    rules: [{ attempts: '1..2', fault: 'server_error' }],
  });
  const failures = await Promise.all(
    Array.from({ length: 100 }, (_, i) => failuresUntilSuccess(mock.baseURL, mock.apiKey, body(i), mark)),
  );
  expect(failures).toEqual(Array(100).fill(2));
});

test('100 parallel calls with equal bodies each see exactly two failures, by the token of the path', async () => {
  const mock = await startMock({
    rules: [{ attempts: '1..2', fault: 'server_error' }],
  });
  const failures = await Promise.all(
    Array.from({ length: 100 }, (_, i) => failuresUntilSuccess(mock.callURL(`call ${i}`), mock.apiKey, {}, () => ({}))),
  );
  expect(failures).toEqual(Array(100).fill(2));
  expect(mock.calls().every(({ certainty, method }) => certainty === 'exact' && method === 'path')).toBe(true);
});
