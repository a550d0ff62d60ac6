import { expect, test } from 'vitest';
import { createMockOpenAI } from '../../src/index.ts';
import { postChat, startMock } from '../support/start-mock.ts';

test.each([
  [{ scenaro: 'flaky' }, 'options: unknown option "scenaro". Did you mean "scenario"?'],
  [{ seed: Number.NaN }, 'options: seed: expected a whole number of at least 0, found NaN'],
  [
    { seed: 'x', port: -1 },
    'options: seed: expected a whole number of at least 0, found "x"\noptions: port: expected a whole number from 0 to 65535, found -1',
  ],
  [{ host: '' }, 'options: host: expected an address to listen on, found ""'],
  [{ host: 7 }, 'options: host: expected an address to listen on, found 7'],
])('the options %j are refused', async (options, message) => {
  await expect(createMockOpenAI(options as object)).rejects.toThrow(message);
});

test('a scenario may be JSON in one line', async () => {
  const mock = await startMock(JSON.stringify({ rules: [{ fault: 'overloaded' }] }));
  expect((await postChat(mock)).status).toBe(503);
});

test.each(['x', -1, 1.5, Number.NaN])('a journal since %j is refused', async (since) => {
  const mock = await startMock();
  await postChat(mock);
  expect(() => mock.journal(since as number)).toThrow('since: expected a whole number of at least 0, found ');
  expect([mock.journal(0).length, mock.journal(1).length]).toEqual([1, 0]);
});

test('faults of a list take effect in the order written', async () => {
  const mock = await startMock({ rules: [{ fault: [{ latency: '120ms' }, 'server_error'] }] });
  expect((await postChat(mock)).status).toBe(500);
  const { t_headers = 0, t_firstByteBefore } = mock.journal()[0] ?? {};
  expect((t_firstByteBefore ?? 0) - t_headers).toBeGreaterThanOrEqual(119);
});

test('a reset is the beginning: added rules draw as they did the first time', async () => {
  const mock = await startMock();
  const round = async () => {
    mock.reset();
    mock.use({ probability: 0.5, fault: 'server_error' });
    const asked = Array.from({ length: 20 }, (_, i) => postChat(mock, { user: `u${i}` }));
    return (await Promise.all(asked)).map(({ status }) => status);
  };
  const first = await round();
  expect(new Set(first)).toEqual(new Set([200, 500]));
  expect(await round()).toEqual(first);
});

test('a reset is the beginning of what a verdict says of the scenario, too', async () => {
  const mock = await startMock({ rules: [{ name: 'down', match: { model: 'gpt-4.1' }, fault: 'server_error' }] });
  const said = async (model: string) => {
    await postChat(mock, { model });
    const { exercised, notReached } = mock.verdict();
    return { exercised, notReached };
  };
  expect(await said('gpt-4.1')).toEqual({ exercised: true, notReached: [] });
  mock.reset();
  expect(await said('gpt-4o')).toEqual({ exercised: false, notReached: ['down'] });
});

test('a body nested too deeply to be written out again is answered', async () => {
  const mock = await startMock();
  const nested = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
  const response = await fetch(`${mock.baseURL}/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk-x', 'content-type': 'application/json' },
    body: `{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}],"metadata":${nested}}`,
  });
  expect(response.status).toBeLessThan(500);
});
