import { expect, test, vi } from 'vitest';
import { judgeSession } from '../../src/server/admin/judge-session.ts';
import { judgeClient } from '../../src/session/verdict-on.ts';
import { drive } from '../support/drive.ts';
import { postChat, startMock } from '../support/start-mock.ts';

vi.mock('../../src/session/verdict-on.ts', { spy: true });

/** Every call is told to wait two seconds, once. */
const LIMITED = { name: 'limited', rules: [{ attempts: 1, fault: { rate_limit: { retry_after: '2s' } } }] };

/** Asks, and asks again at once. */
async function hurry(target: { baseURL: string; apiKey: string }): Promise<void> {
  for (const count of ['0', '1']) await (await postChat(target, {}, { 'x-stainless-retry-count': count })).text();
}

test('the verdict names the early retry and shows it', async () => {
  const mock = await startMock(LIMITED);
  await hurry(mock);
  const verdict = mock.verdict();
  expect(verdict).toMatchObject({ verdict: 'fail', scenario: 'limited', exercised: true, policy: { preset: 'openai-guide' } });
  const finding = verdict.findings.find(({ rule }) => rule === 'never_early');
  expect(finding?.verdict).toBe('fail');
  expect(finding?.evidence[0]?.line).toMatch(/^attempt 1: 429 Retry-After 2 → attempt 2 after 0\.\d{3} s, 1\.\d{3} s early$/);
});

test('a policy goes over what the scenario expects', async () => {
  const mock = await startMock({ ...LIMITED, expect: { max_attempts: 4, rules: { never_early: 'warn' } } });
  await hurry(mock);
  expect(mock.verdict()).toMatchObject({ verdict: 'warn', policy: { maxAttempts: 4 } });
  expect(mock.verdict('strict-sre').policy).toMatchObject({ preset: 'strict-sre', maxAttempts: 4, maxDelayMs: 60_000 });
  const off = mock.verdict({ max_attempts: 9, max_delay: '5s', rules: { never_early: 'off' } });
  expect(off).toMatchObject({ policy: { maxAttempts: 9, maxDelayMs: 5_000 } });
  expect(off.findings.map(({ rule }) => rule)).not.toContain('never_early');
});

test('every mistake in a policy is thrown at once', async () => {
  const mock = await startMock();
  expect(() => mock.verdict('strict-ser')).toThrow('policy: unknown policy "strict-ser". Did you mean "strict-sre"?');
  const wrong = { max_atempts: 3, rules: { never_erly: 'off' }, max_delay: 5 };
  expect(() => mock.verdict(wrong as object)).toThrow(
    'policy: max_delay: expected a duration such as 250ms, 2s or 1m30s, found 5\n' +
      'policy: rules.never_erly: unknown rule "never_erly". Did you mean "never_early"?\n' +
      'policy: max_atempts: unknown key "max_atempts". Did you mean "max_attempts"?',
  );
});

test('each session has its own verdict, over HTTP too', async () => {
  const mock = await startMock(LIMITED);
  const session = mock.session();
  await hurry(session);
  expect([mock.verdict().verdict, session.verdict().verdict]).toEqual(['inconclusive', 'fail']);
  const asked = await fetch(`${mock.origin}/s/${session.id}/__admin/verdict?policy=strict-sre`);
  expect(await asked.json()).toMatchObject({ verdict: 'fail', policy: { preset: 'strict-sre' }, calls: 1, attempts: 2 });
  const own = await fetch(`${mock.origin}/s/${session.id}/__admin/verdict`, {
    method: 'POST',
    body: 'rules: { never_early: info }\n',
  });
  expect(await own.json()).toMatchObject({ policy: { levels: { never_early: 'info' } } });
  expect(await (await fetch(`${mock.origin}/__admin/verdict`)).json()).toMatchObject({
    verdict: 'inconclusive',
    exercised: false,
  });
});

test.each([
  ['GET', '?policy=strict', undefined],
  ['POST', '', 'rules: { never_erly: off }\nmax_delay: soon\n'],
])('a wrong policy by %s is a 422 with every problem', async (method, query, body) => {
  const mock = await startMock();
  const response = await fetch(`${mock.origin}/__admin/verdict${query}`, { method, ...(body === undefined ? {} : { body }) });
  expect(response.status).toBe(422);
  const { title, problems } = await response.json();
  expect(title).toBe('The policy is wrong.');
  expect(problems).toHaveLength(body === undefined ? 1 : 2);
});

test('the lateness of the mock since the first request reaches the judge', () => {
  const { engine, clock, send } = drive({});
  clock.advance(5_000);
  send();
  const row = (at: number, p99: number) => ({ at, p50: 1, p99, max: p99 });
  judgeSession([engine.defaultSession], { history: () => [row(1_000, 900), row(6_000, 80), row(7_000, 2)], stop: () => {} });
  const stalls = [
    { at: 6_000, ms: 80 },
    { at: 7_000, ms: 2 },
  ];
  expect(judgeClient).toHaveBeenCalledWith([engine.defaultSession], expect.anything(), { stalls });
});
