import { expect, test } from 'vitest';
import { judge } from '../../../../src/core/backoff/verdict/judge.ts';
import { type JudgedSession, verdictOver } from '../../../../src/core/backoff/verdict/verdict-over.ts';
import { policyOf } from '../../../../src/core/policy/policy-of.ts';
import { renderAnnotations } from '../../../../src/core/report/annotations.ts';
import { renderJson } from '../../../../src/core/report/json.ts';
import { renderJunit } from '../../../../src/core/report/junit.ts';
import { renderMarkdown } from '../../../../src/core/report/markdown.ts';
import { renderTerminal } from '../../../../src/core/report/terminal.ts';
import { renderHtml } from '../../../../src/report/html/page.ts';
import { type Exchange, journalOf } from '../../../support/exchanges.ts';
import { reportInput } from '../../../support/runs.ts';

function judged(session: string, exchanges: readonly Exchange[]): JudgedSession {
  const entries = journalOf(exchanges);
  const end = Math.max(0, ...entries.map(({ t_end }) => t_end ?? 0));
  const rules = [{ id: 'r', harmful: true, served: 1 }];
  const verdict = judge(entries, { watchedUntil: end, clientEndedAt: end }, policyOf(), { name: session, seed: 1, rules });
  return { session, verdict };
}

const good = (session: string) =>
  judged(session, [
    { call: 'ask', at: 0, status: 429, retryAfter: 2 },
    { call: 'ask', at: 2_100, status: 200 },
  ]);
const early = (session: string) =>
  judged(session, [
    { call: 'ask', at: 0, status: 429, retryAfter: 2 },
    { call: 'ask', at: 300, status: 200 },
  ]);
const healthy = (session: string) => judged(session, [{ call: 'ask', at: 0, status: 200 }]);
const unserved = (session: string) =>
  judged(session, [
    {
      call: 'ask',
      at: 0,
      status: 404,
      more: { unserved: true, endpoint: null, path: '/v1/images/generations', faultApplied: null },
    },
  ]);

test('the default session alone is the run', () => {
  const { session, verdict } = good('default');
  expect(verdictOver([{ session, verdict }])).toBe(verdict);
});

test('another session alone is named', () => {
  expect(verdictOver([good('checkout')])).toMatchObject({
    verdict: 'pass',
    sessions: [{ session: 'checkout', verdict: 'pass', calls: 1, attempts: 2 }],
  });
});

test('one session that fails makes the run fail, with the evidence of that session', () => {
  const { findings, ...verdict } = verdictOver([good('a'), early('b')]);
  expect(verdict).toMatchObject({ verdict: 'fail', calls: 2, attempts: 4, amplification: 2 });
  expect(verdict.explain).toBe('the client fails in 1 of 2 sessions (b): in b the client breaks 1 rule: never_early');
  expect(findings[0]).toMatchObject({ rule: 'never_early', verdict: 'fail', n: 1, evidence: [{ call: 'b/ask' }] });
  expect(verdict.sessions?.map(({ session, verdict }) => [session, verdict])).toEqual([
    ['a', 'pass'],
    ['b', 'fail'],
  ]);
});

test('a session in which nothing was done to the client takes nothing from one that passes', () => {
  const { verdict, explain } = verdictOver([healthy('a'), good('b')]);
  expect(verdict).toBe('pass');
  expect(explain).toMatch(/^the client passes in 1 of 2 sessions \(b\): in b the client keeps \d+ rules.*; inconclusive: a$/);
});

test('sessions in which nothing was shown are no pass together', () => {
  const { verdict, explain } = verdictOver([healthy('a'), healthy('b')]);
  expect([verdict, explain]).toEqual(['inconclusive', expect.stringMatching(/^2 sessions, and no pass: in a not exercised: /)]);
});

test('what is not served in one session keeps the run from passing', () => {
  const { verdict, explain, unserved: urls } = verdictOver([good('a'), unserved('b'), unserved('c')]);
  expect(verdict).toBe('inconclusive');
  expect(urls).toEqual([{ method: 'POST', path: '/v1/images/generations', n: 2, advice: '' }]);
  expect(explain).toContain('POST /v1/images/generations');
});

test('every report shows the sessions', async () => {
  const verdict = verdictOver([early('checkout'), healthy('search')]);
  const input = { ...reportInput([]), verdict };
  for (const text of [renderMarkdown, renderTerminal, renderJunit, renderJson].map((render) => render(input)))
    for (const name of ['checkout', 'search']) expect(text).toContain(name);
  expect(await renderHtml(input)).toContain('search: INCONCLUSIVE');
  expect(renderAnnotations(input)).toContain('never_early');
});
