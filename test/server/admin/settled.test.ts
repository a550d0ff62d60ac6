import { expect, onTestFinished, test } from 'vitest';
import type { MockOpenAI } from '../../../src/index.ts';
import { startMock } from '../../support/start-mock.ts';

/** A mock with a request that it holds until the client lets go. */
async function holding() {
  const mock = await startMock({ rules: [{ fault: { latency: '1h' } }] });
  const controller = new AbortController();
  const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] });
  const headers = { authorization: `Bearer ${mock.apiKey}`, 'content-type': 'application/json' };
  const request = { method: 'POST', headers, body, signal: controller.signal };
  const over = fetch(`${mock.baseURL}/chat/completions`, request).catch(() => undefined);
  onTestFinished(async () => {
    controller.abort();
    await over;
  });
  await expect.poll(() => health(mock)).toMatchObject({ in_flight: 1 });
  return { mock, letGo: () => controller.abort() };
}

async function health({ adminURL }: MockOpenAI): Promise<unknown> {
  return (await fetch(`${adminURL}/health`)).json();
}

test('a verdict waits for what is under way', async () => {
  const { mock, letGo } = await holding();
  const verdict = fetch(`${mock.adminURL}/verdict?ended=true&settle=10s`);
  letGo();
  expect(await (await verdict).json()).toMatchObject({ attempts: 1 });
  expect(mock.journal()).toHaveLength(1);
});

test('it waits as long as it is told, and no longer', async () => {
  const { mock } = await holding();
  expect((await fetch(`${mock.adminURL}/verdict?settle=20ms`)).status).toBe(200);
  expect(await health(mock)).toMatchObject({ in_flight: 1 });
});

test.each(['soon', '11s'])('settle=%s is refused', async (settle) => {
  const mock = await startMock();
  const response = await fetch(`${mock.adminURL}/verdict?settle=${settle}`);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ title: 'settle is wrong.' });
});
