import { expect, test } from 'vitest';
import { postChat, startMock } from '../../support/start-mock.ts';

const asked = (mock: { origin: string }) => fetch(`${mock.origin}/__admin/limits`);

test('limits tell what is left of them for each account, by the hash of its key, and capacity what is under way', async () => {
  const limits = { 'gpt-4o': { rpd: 10, in_flight: 2, window: 'fixed' as const }, '*': { rpm: 5 } };
  const mock = await startMock({ limits, capacity: { rate: '1/s', burst: 5, queue: 7 } });
  expect(await (await asked(mock)).json()).toMatchObject({
    limits: [/^gpt-4o: 10 requests per day, 2 requests at once/, /^\*: 5 requests per minute/].map((text) =>
      expect.stringMatching(text),
    ),
    levels: [
      { of: 'gpt-4o', accounts: [], left_out: 0 },
      { of: '*', accounts: [], left_out: 0 },
    ],
  });
  for (let sent = 0; sent < 2; sent++) await (await postChat(mock)).text();
  const text = await (await asked(mock)).text();
  expect(text).not.toContain(mock.apiKey);
  const { levels, capacity } = JSON.parse(text);
  const { key, requests_per_day, ...account } = levels[0].accounts[0];
  expect(key).toBe(mock.journal()[0]?.authorizationHash);
  expect(requests_per_day).toEqual({ limit: 10, used: 2, left: 8, full_in_ms: expect.any(Number) });
  expect(requests_per_day.full_in_ms).toBeGreaterThan(86_000_000);
  expect(account).toEqual({ model: 'gpt-4o', in_flight: { limit: 2, used: 0, left: 2 } });
  expect(capacity).toEqual({
    per_second: 1,
    in_flight: 0,
    burst: { limit: 5, used: 2, left: 3 },
    queue: { limit: 7, used: 0, left: 7 },
    idle_in_ms: expect.any(Number),
  });
  const unbounded = await startMock();
  expect(await (await asked(unbounded)).json()).toEqual({ limits: [], levels: [], capacity: null });
});
