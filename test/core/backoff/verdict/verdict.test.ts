import { expect, test } from 'vitest';
import { judge } from '../../../../src/core/backoff/verdict/judge.ts';
import { strictly } from '../../../../src/core/backoff/verdict/strictly.ts';
import type { RuleUse } from '../../../../src/core/backoff/verdict/verdict.ts';
import type { FaultName } from '../../../../src/core/faults/registry.ts';
import type { JournalEntry } from '../../../../src/core/journal/entry.ts';
import { policyOf } from '../../../../src/core/policy/policy-of.ts';
import { renderAnnotations } from '../../../../src/core/report/annotations.ts';
import { renderJson } from '../../../../src/core/report/json.ts';
import { renderJunit } from '../../../../src/core/report/junit.ts';
import { renderMarkdown } from '../../../../src/core/report/markdown.ts';
import { renderTerminal } from '../../../../src/core/report/terminal.ts';
import { renderHtml } from '../../../../src/report/html/page.ts';
import { type Exchange, journalOf } from '../../../support/exchanges.ts';
import { reportInput } from '../../../support/runs.ts';

const by = (name: FaultName): Partial<JournalEntry> => ({
  faultApplied: { rule: 'r', faults: [{ name, params: {} } as never] },
});

function verdictOf(exchanges: readonly Exchange[], rules: readonly RuleUse[] = [{ id: 'r', harmful: true, served: 1 }]) {
  const entries = journalOf(exchanges);
  const end = Math.max(0, ...entries.map(({ t_end }) => t_end ?? 0));
  return judge(entries, { watchedUntil: end, clientEndedAt: end }, policyOf(), { name: 'test', seed: 1, rules });
}

/** A 503 of the scenario, retried once after a while. */
const GOOD: readonly Exchange[] = [
  { call: 'good', at: 0, status: 503, more: by('overloaded') },
  { call: 'good', at: 900, status: 200 },
];
const unserved = (path: string, at = 0): Exchange => ({
  call: `u${at}`,
  at,
  status: 404,
  more: { endpoint: null, unserved: true, path, faultApplied: null, refusedBy: 'gateway' },
});

test('a rule that is kept on a fault makes a pass', () => {
  expect(verdictOf(GOOD)).toMatchObject({ verdict: 'pass', exercised: true, unserved: [] });
});

test('what a client does after its own mistakes is no pass', () => {
  const verdict = verdictOf([{ call: 'wrong', at: 0, status: 400, more: { faultApplied: null, refusedBy: 'api' } }]);
  expect(verdict.findings.find(({ rule }) => rule === 'no_retry_permanent')).toMatchObject({ verdict: 'pass', onFault: false });
  expect(verdict).toMatchObject({ verdict: 'inconclusive', exercised: false });
});

test('a fault that no rule judges lends its worth to none', () => {
  const verdict = verdictOf([
    { call: 'wrong', at: 0, status: 400, more: { faultApplied: null, refusedBy: 'api' } },
    { call: 'slow', at: 100, status: 200, more: by('latency') },
  ]);
  expect(verdict).toMatchObject({ verdict: 'inconclusive', exercised: true });
  expect(verdict.explain).toMatch(/^no rule passed: what was done to the client \(latency\) bears on none; add faults/);
});

test.each([
  ['limits', 429, 'api'],
  ['capacity', 503, 'api'],
  ['a credential', 401, 'gateway'],
] as const)('a refusal by %s is a test', (_what, status, refusedBy) => {
  const exchanges = [{ call: 'c', at: 0, status, more: { faultApplied: null, refusedBy } }];
  expect(verdictOf(status === 401 ? exchanges : [...exchanges, { call: 'c', at: 900, status: 200 }]).exercised).toBe(true);
});

test('requests to URLs that OpenAI does not have are told of', () => {
  const more = { endpoint: null, path: '/chat/completions', faultApplied: null, refusedBy: 'gateway' } as const;
  expect(verdictOf([{ call: 'c', at: 0, status: 404, more }]).explain).toBe(
    'not exercised: 1 request went to a URL that OpenAI does not have (POST /chat/completions). Does the base URL of the client end in /v1?',
  );
});

test('what is not served is named, and in no rule and no figure', () => {
  const verdict = verdictOf([unserved('/v1/threads'), unserved('/v1/threads', 50), unserved('/v1/images/generations', 90)]);
  expect(verdict).toMatchObject({ verdict: 'inconclusive', exercised: false, calls: 0, attempts: 0, amplification: 0 });
  expect(verdict.unserved).toEqual([
    { method: 'POST', path: '/v1/threads', n: 2, advice: expect.stringContaining('client.responses.create') },
    { method: 'POST', path: '/v1/images/generations', n: 1, advice: '' },
  ]);
  expect(verdict.explain).toMatch(
    /^not exercised: 3 requests went to URLs that this mock does not serve: POST \/v1\/threads, POST \/v1\/images\/generations \(The Responses API/,
  );
  expect(verdict.findings.filter(({ verdict }) => verdict !== 'not_applicable')).toEqual([]);
});

test('what is not served keeps a pass from being one, and takes nothing back from an accusation', () => {
  expect(verdictOf([...GOOD, unserved('/v1/images/generations', 50)])).toMatchObject({
    verdict: 'inconclusive',
    exercised: true,
    calls: 1,
    explain: expect.stringMatching(
      /^the client keeps \d+ rules?, but 1 request went to a URL that this mock does not serve: POST \/v1\/images\/generations$/,
    ),
  });
  const early: Exchange[] = [
    { call: 'c', at: 0, status: 429, retryAfter: 30, more: by('rate_limit') },
    { call: 'c', at: 500, status: 200 },
  ];
  expect(verdictOf([...early, unserved('/v1/images/generations', 50)]).verdict).toBe('fail');
});

test('every report names what is not served, and none that the client passes', async () => {
  const input = reportInput(journalOf([...GOOD, unserved('/v1/images/generations', 50)]));
  const texts = [renderMarkdown, renderTerminal, renderAnnotations, renderJunit, renderJson].map((render) => render(input));
  for (const text of [...texts, await renderHtml(input)]) {
    expect(text).toContain('/v1/images/generations');
    expect(text).not.toMatch(/PASS|✅ PASS/);
  }
  expect(renderJunit(input)).toMatch(/<testsuites [^>]*failures="1"/);
  expect(renderJunit(input)).toContain('<testcase name="served"');
});

test('a verdict without a pass is red for CI systems', () => {
  const input = reportInput(journalOf([{ call: 'slow', at: 100, status: 200, more: by('latency') }]));
  expect(renderJunit(input)).toContain('<testcase name="decided"');
  expect(renderAnnotations(input)).toMatch(/^::error title=mock-openai::no rule passed/);
});

test('strictly, what is undecided and what never struck is no pass', () => {
  const rules = [
    { id: 'r', harmful: true, served: 1 },
    { id: 'later', harmful: true, served: 0 },
  ];
  const doubtful = [
    { call: 'd', at: 0, status: 429, retryAfter: 30, more: { ...by('rate_limit'), certainty: 'ambiguous' } },
    { call: 'd', at: 30_500, status: 200, more: { certainty: 'ambiguous' } },
  ] as const;
  const pass = verdictOf([...GOOD, ...doubtful], rules);
  expect(pass.verdict).toBe('pass');
  const { verdict, explain } = strictly(pass);
  expect(verdict).toBe('inconclusive');
  expect(explain).toMatch(
    /^\d rules? undecided: .*never_early.*; 1 part of the scenario never struck: later \(--strict asks for all\); otherwise the client keeps \d rules?$/,
  );
  const whole = verdictOf([{ call: 'refused', at: 0, status: 400, more: by('http_error') }]);
  expect(whole.verdict).toBe('pass');
  expect(strictly(whole)).toBe(whole);
});
