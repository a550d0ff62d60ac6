import { expect, test } from 'vitest';
import { postChat, startMock } from '../support/start-mock.ts';

test('a list of models starts no clock, and until_end counts down over a socket', async () => {
  const mock = await startMock({
    rules: [{ match: { endpoint: 'chat.completions' }, during: '0s..5s', fault: { rate_limit: { retry_after: 'until_end' } } }],
  });
  await fetch(`${mock.baseURL}/models`, { headers: { authorization: `Bearer ${mock.apiKey}` } });
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const first = await postChat(mock);
  expect(first.headers.get('retry-after')).toBe('5');
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const second = await postChat(mock);
  expect(second.status).toBe(429);
  expect(Number(second.headers.get('retry-after'))).toBeLessThan(5);
});

test('with clock: start a span is counted from the start, and from a reset', async () => {
  const mock = await startMock({ clock: 'start', rules: [{ during: '0s..300ms', fault: 'overloaded' }] });
  await new Promise((resolve) => setTimeout(resolve, 350));
  expect((await postChat(mock)).status).toBe(200);
  await mock.reset();
  expect((await postChat(mock)).status).toBe(503);
});

test('a latency that grows is served', async () => {
  const mock = await startMock({ latency: { ttft: { from: '0ms', to: '400ms', over: '100ms' } } });
  await postChat(mock);
  await new Promise((resolve) => setTimeout(resolve, 120));
  const before = performance.now();
  await postChat(mock);
  expect(performance.now() - before).toBeGreaterThanOrEqual(395);
});

test('a fault of a header cannot depend on the span of a rule', async () => {
  const mock = await startMock();
  const response = await postChat(mock, {}, { 'x-mock-fault': 'rate_limit; retry_after=until_end' });
  expect(await response.text()).toContain('rate_limit depends on the span of a rule, and a header has none');
});
