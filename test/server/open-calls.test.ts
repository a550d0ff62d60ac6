import { expect, test } from 'vitest';
import type { Verdict } from '../../src/core/backoff/verdict/verdict.ts';
import type { ScenarioInput } from '../../src/core/scenario/schema.ts';
import { postChat, startMock } from '../support/start-mock.ts';

const TWO_CALLS: ScenarioInput = {
  rules: [
    { match: { prompt: 'refused' }, fault: 'content_policy_violation' },
    { match: { prompt: 'busy' }, fault: 'overloaded' },
  ],
};

const say = (content: string) => ({ messages: [{ role: 'user', content }] });

test('a verdict that is asked for while a call may go on is no pass, and is one when the client is done', async () => {
  const mock = await startMock(TWO_CALLS);
  await postChat(mock, say('refused'));
  expect(mock.verdict().verdict).toBe('pass');
  await postChat(mock, say('busy'));
  const verdict = async (query: string): Promise<Verdict> =>
    (await (await fetch(`${mock.origin}/__admin/verdict${query}`)).json()) as Verdict;
  const open = await verdict('');
  expect(open.verdict).toBe('inconclusive');
  expect(open.explain).toMatch(
    /^1 call is open: its last attempt \(503 \w+\) ended \d+\.\d{3} s ago, and another may follow\. .*\?ended=true\); so far the client keeps/,
  );
  expect(await verdict('?ended=true')).toMatchObject({ verdict: 'warn', explain: expect.stringContaining('retries_transient') });
  expect(mock.verdict(undefined, { ended: true }).verdict).toBe('warn');
});

test('a request that is not answered yet keeps a verdict open', async () => {
  const mock = await startMock(TWO_CALLS);
  await postChat(mock, say('refused'));
  const answer = postChat(mock, say('wait'), { 'x-mock-fault': 'latency; for=300ms' });
  await expect.poll(() => mock.journal().length).toBe(2);
  expect(mock.verdict().explain).toContain('1 call is open: a request of it is not answered yet');
  await answer;
  expect(mock.verdict().verdict).toBe('pass');
});

test('ended takes true and false', async () => {
  const mock = await startMock();
  const response = await fetch(`${mock.origin}/__admin/verdict?ended=yes`);
  expect([response.status, (await response.json()).title]).toEqual([400, 'ended is wrong.']);
});

test('a session without requests says where they went', async () => {
  const mock = await startMock(TWO_CALLS);
  const session = mock.session();
  await postChat(session, say('refused'));
  expect(mock.verdict().explain).toBe(
    `not exercised: no request reached the mock. Requests went to 1 other session: ${session.id} (1)`,
  );
});

test('a call without its session is told what its URL lacks, in the answer and in the verdict', async () => {
  const mock = await startMock({ rules: [{ fault: 'overloaded' }] });
  const response = await fetch(`${mock.origin}/c/one/v1/chat/completions`, { method: 'POST', body: '{}' });
  expect(response.status).toBe(404);
  expect(await response.text()).toContain('the URL of a call begins with its session: /s/default/c/one/v1/chat/completions');
  expect(mock.journal()).toMatchObject([{ unserved: true, endpoint: null }]);
  const { verdict, explain } = mock.verdict();
  expect(verdict).toBe('inconclusive');
  expect(explain).toContain('The URL of a call begins with its session: /s/default/c/{call}/v1/chat/completions');
});

test('what is not served is marked in the journal, the metrics and the verdict', async () => {
  const mock = await startMock({ rules: [{ fault: 'overloaded' }] });
  const response = await fetch(`${mock.baseURL}/fine_tuning/jobs`, { method: 'POST', body: '{}' });
  expect(response.status).toBe(404);
  expect(mock.journal()).toMatchObject([{ unserved: true, endpoint: null, status: 404 }]);
  expect(mock.verdict()).toMatchObject({ verdict: 'inconclusive', unserved: [{ path: '/v1/fine_tuning/jobs', n: 1 }], calls: 0 });
  expect(await (await fetch(`${mock.origin}/metrics`)).text()).toContain(
    'mock_openai_requests_total{session="default",endpoint="unserved",status="404",fault="none"} 1',
  );
});
