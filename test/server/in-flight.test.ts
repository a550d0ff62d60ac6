import { expect, test } from 'vitest';
import { postChat, startMock } from '../support/start-mock.ts';

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
  const metrics = await (await fetch(`${mock.origin}/metrics`)).text();
  expect(metrics).toContain('mock_openai_requests_in_flight_max 4\n');
  expect(metrics).toMatch(/mock_openai_requests_in_flight_max_by_key\{key="[0-9a-f]{16}"\} 3\n/);
  expect(metrics).toMatch(
    /mock_openai_requests_in_flight_max_by_target\{session="default",key="[0-9a-f]{16}",model="gpt-4o"\} 2\n/,
  );
  expect(metrics).toContain('mock_openai_requests_in_flight 0\n');
});
