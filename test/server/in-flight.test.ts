import { connect } from 'node:net';
import { expect, test } from 'vitest';
import type { MockOpenAI } from '../../src/index.ts';
import { rawChat } from '../support/raw-http.ts';
import { postChat, startMock } from '../support/start-mock.ts';

const metricsOf = async ({ origin }: MockOpenAI) => (await fetch(`${origin}/metrics`)).text();

test('F26: the largest number in flight is in the verdict and in the metrics, in all, by key and by target', async () => {
  const mock = await startMock({ latency: { ttft: '150ms' }, expect: { max_in_flight: 3 } });
  const ask = (model: string, key: string) =>
    postChat(mock, { model }, { authorization: `Bearer ${key}` }).then((answer) => answer.text());
  await Promise.all([ask('gpt-4o', 'sk-a'), ask('gpt-4o', 'sk-a'), ask('gpt-4o-mini', 'sk-a'), ask('gpt-4o', 'sk-b')]);
  await ask('gpt-4o', 'sk-b');
  await mock.idle();
  const { inFlight, findings } = mock.verdict();
  expect(inFlight.most).toBe(4);
  expect(inFlight.byKey.map(({ most }) => most)).toEqual([3, 1]);
  expect(inFlight.byTarget.map(({ model, most }) => [model, most])).toEqual([
    ['gpt-4o', 2],
    ['gpt-4o-mini', 1],
    ['gpt-4o', 1],
  ]);
  expect(findings.find(({ rule }) => rule === 'max_in_flight')).toMatchObject({ verdict: 'fail' });
  const metrics = await metricsOf(mock);
  expect(metrics).toContain('mock_openai_requests_in_flight_max 4\n');
  expect(metrics).toMatch(/mock_openai_requests_in_flight_max_by_key\{key="[0-9a-f]{16}"\} 3\n/);
  expect(metrics).toMatch(
    /mock_openai_requests_in_flight_max_by_target\{session="default",key="[0-9a-f]{16}",model="gpt-4o"\} 2\n/,
  );
  expect(metrics).toContain('mock_openai_requests_in_flight{session="default"} 0\n');
});

test('requests that are not read to their end count in no level', async () => {
  const mock = await startMock({ latency: { ttft: '150ms' }, max_body: '1KiB' });
  const refused = () => postChat(mock, { messages: [{ role: 'user', content: 'x'.repeat(4_000) }] });
  for (let time = 0; time < 3; time++) expect((await refused()).status).toBe(413);
  const left = connect(mock.port, '127.0.0.1');
  const unfinished = rawChat('{"model": "gpt-4o"', []).replace(/Content-Length: \d+/, 'Content-Length: 500');
  left.write(unfinished, () => left.destroy());
  await expect.poll(() => mock.journal().length).toBe(4);
  await Promise.all([postChat(mock), postChat(mock)].map(async (answer) => (await answer).text()));
  await mock.idle();
  expect(await metricsOf(mock)).toContain('mock_openai_requests_in_flight_max 2\n');
});
