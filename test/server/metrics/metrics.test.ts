import { expect, test } from 'vitest';
import { faultsByName } from '../../../src/core/faults/registry.ts';
import { parseRules } from '../../../src/core/scenario/parse.ts';
import { createMetrics } from '../../../src/server/metrics/metrics.ts';
import { drive } from '../../support/drive.ts';
import { postChat, startMock } from '../../support/start-mock.ts';

async function metricsOf(origin: string): Promise<string> {
  const response = await fetch(`${origin}/metrics`);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return response.text();
}

test('counts requests, calls, rules and refusals of all sessions', async () => {
  const limits = { 'gpt-4o': { rpm: 1 } };
  const mock = await startMock({
    rules: [{ name: 'say "no"', match: { user: 'x' }, fault: [{ latency: '1ms' }, 'server_error'] }],
  });
  await (await postChat(mock, { user: 'x' })).text();
  await (await postChat(mock)).text();
  const limited = mock.session({ scenario: { limits } });
  for (let i = 0; i < 2; i++) await (await postChat(limited, { user: String(i) })).text();
  await mock.idle();
  const text = await metricsOf(mock.origin);
  for (const line of [
    'mock_openai_requests_total{session="default",endpoint="chat.completions",status="500",fault="latency+server_error"} 1',
    'mock_openai_requests_total{session="default",endpoint="chat.completions",status="200",fault="none"} 1',
    'mock_openai_requests_total{session="s1",endpoint="chat.completions",status="200",fault="none"} 1',
    'mock_openai_requests_total{session="s1",endpoint="chat.completions",status="429",fault="none"} 1',
    'mock_openai_calls_total{session="default"} 2',
    'mock_openai_attempts_total{session="s1"} 2',
    'mock_openai_rule_fired_total{session="default",rule="say \\"no\\""} 1',
    'mock_openai_rate_limit_refusals_total{session="s1",endpoint="chat.completions"} 1',
    'mock_openai_requests_in_flight{session="default"} 0',
    'mock_openai_sessions 2',
    'mock_openai_journal_entries{session="s1"} 2',
    'mock_openai_journal_dropped{session="s1"} 0',
  ])
    expect(text.split('\n')).toContain(line);
});

test('is well-formed: each sample follows HELP and TYPE of its name', async () => {
  const mock = await startMock();
  await (await postChat(mock)).text();
  const text = await metricsOf(mock.origin);
  expect(text.endsWith('\n')).toBe(true);
  let current = '';
  for (const line of text.trimEnd().split('\n')) {
    const [, name] = /^# HELP (\S+) \S/.exec(line) ?? [];
    if (name !== undefined) current = name;
    else if (line.startsWith('#')) expect(line).toMatch(new RegExp(`^# TYPE ${current} (counter|gauge)$`));
    else expect(line).toMatch(new RegExp(`^${current}(\\{([a-z]+="[^"]*",?)+\\})? [0-9.e+-]+$`));
  }
});

test('names that users choose do not make it grow without bound', () => {
  const { engine, send } = drive({});
  const metrics = createMetrics(engine, { history: () => [], stop: () => {} });
  for (let i = 0; i < 1_200; i++) {
    engine.defaultSession.reset();
    const { value = [] } = parseRules({ file: 'rule', data: { name: `r${i}`, fault: 'server_error' } }, engine.libraries);
    engine.defaultSession.use(value, faultsByName);
    send();
  }
  const fired = metrics.render().match(/^mock_openai_rule_fired_total.*$/gm) ?? [];
  expect(fired).toHaveLength(1_001);
  expect(fired.at(-1)).toBe('mock_openai_rule_fired_total{session="other",rule="other"} 200');
});

test('the first hundred sessions have their names, the others are summed', async () => {
  const mock = await startMock();
  await (await postChat(mock)).text();
  for (let i = 1; i <= 101; i++) {
    const session = mock.session();
    await (await postChat(session)).text();
    await session.idle();
  }
  const text = await metricsOf(mock.origin);
  expect(text).toContain('mock_openai_attempts_total{session="s99"} 1\n');
  expect(text).toContain('mock_openai_attempts_total{session="(other)"} 2\n');
  expect(text).toContain('mock_openai_journal_entries{session="(other)"} 2\n');
});

test('only the root is ours: OpenAI answers below a session', async () => {
  const mock = await startMock();
  expect((await fetch(`${mock.origin}/s/a/metrics`)).status).toBe(404);
  expect((await fetch(`${mock.origin}/v1/metrics`)).headers.get('content-type')).toContain('application/json');
});

test('beyond loopback it needs the admin token', async () => {
  const mock = await startMock({}, { host: '0.0.0.0', adminToken: 'secret' });
  expect((await fetch(`${mock.origin}/metrics`)).status).toBe(401);
  expect((await fetch(`${mock.origin}/metrics`, { headers: { authorization: 'Bearer secret' } })).status).toBe(200);
});
