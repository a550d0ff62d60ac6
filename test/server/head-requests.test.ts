import { expect, test } from 'vitest';
import { startMock } from '../support/start-mock.ts';

test.each(['/models', '/models/gpt-4o', '/models/nothing', '/nothing'])(
  'HEAD %s has the head of GET, and no body',
  async (path) => {
    const mock = await startMock({ models: 'listed' });
    const headers = { authorization: `Bearer ${mock.apiKey}` };
    const [got, headed] = await Promise.all(['GET', 'HEAD'].map((method) => fetch(mock.baseURL + path, { method, headers })));
    expect(headed?.status).toBe(got?.status);
    expect([...(headed?.headers.keys() ?? [])]).toEqual([...(got?.headers.keys() ?? [])]);
    expect(await headed?.text()).toBe('');
  },
);

test('a rule strikes HEAD as it strikes any request', async () => {
  const mock = await startMock({ rules: [{ match: { method: 'HEAD' }, fault: 'overloaded' }] });
  const headers = { authorization: `Bearer ${mock.apiKey}` };
  expect((await fetch(`${mock.baseURL}/models`, { method: 'HEAD', headers })).status).toBe(503);
  expect((await fetch(`${mock.baseURL}/models`, { headers })).status).toBe(200);
});
