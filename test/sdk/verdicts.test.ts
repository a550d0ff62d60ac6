import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { createMockOpenAI } from '../../src/index.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Calls of the official SDK at its defaults, some time apart; those that fail are no matter here. */
async function calls(baseURL: string, apiKey: string, { count, apartMs }: { count: number; apartMs: number }) {
  const client = new OpenAI({ baseURL, apiKey });
  const running = [];
  for (let at = 0; at < count; at++) {
    const messages = [{ role: 'user' as const, content: `Hello ${at}` }];
    running.push(client.chat.completions.create({ model: 'gpt-4o', messages }).catch(() => undefined));
    await pause(apartMs);
  }
  await Promise.all(running);
}

/** Outage: five good seconds, then ten in which everything fails. The calls begin in the fifth. */
test.concurrent.each([
  ['flaky', { count: 60, apartMs: 15 }, 0],
  ['rate-limited', { count: 10, apartMs: 20 }, 0],
  ['outage', { count: 30, apartMs: 60 }, 4_400],
])('the official SDK fails no rule under %s', { timeout: 60_000 }, async (scenario, traffic, waitMs) => {
  await using mock = await createMockOpenAI({ scenario });
  // The clock of an outage starts with the first request.
  await calls(mock.baseURL, mock.apiKey, { count: 1, apartMs: waitMs });
  await calls(mock.baseURL, mock.apiKey, traffic);
  const { verdict, exercised, findings, correlation } = mock.verdict(undefined, { ended: true });
  expect(findings.filter((finding) => finding.verdict === 'fail')).toEqual([]);
  expect([exercised, ['pass', 'warn'].includes(verdict)]).toEqual([true, true]);
  // Calls that say different things and count their retries are known for certain.
  expect([correlation.likely, correlation.ambiguous]).toEqual([0, 0]);
});
