import { expect, test } from 'vitest';
import { callersAtOnce } from '../../src/core/backoff/history/callers-at-once.ts';
import type { PolicyInput } from '../../src/core/policy/policy-schema.ts';
import type { ScenarioInput } from '../../src/core/scenario/schema.ts';
import { journalEntry } from '../support/journal-entry.ts';
import { type ClientTools, type VirtualClient, virtualWorld, type WorldOptions } from '../support/virtual-world.ts';

type Fault = string | Readonly<Record<string, unknown>>;

const always = (fault: Fault): ScenarioInput => ({ rules: [{ name: 'fault', fault } as never] });
const QUESTION = (tools: ClientTools, at: number) => ({
  body: { messages: [{ role: 'user', content: `${tools.prompt}, question ${at}` }] },
});

interface Job {
  readonly questions: number;
  readonly everyMs?: number;
  /** Refusals in a row after which it asks no more. */
  readonly stopsAfter?: number;
  readonly key?: (at: number) => string;
  readonly header?: (at: number) => Readonly<Record<string, string>>;
}

/** A program that works through its questions, one after the other, and retries none. */
function job({ questions, everyMs = 10, stopsAfter = Number.POSITIVE_INFINITY, key, header }: Job): VirtualClient {
  return async (tools) => {
    let refusals = 0;
    for (let at = 0; at < questions && refusals < stopsAfter; at++) {
      const request = { ...QUESTION(tools, at), key: key?.(at) ?? 'sk-test', headers: header?.(at) ?? {} };
      const { status } = await tools.request(request);
      refusals = status >= 400 ? refusals + 1 : 0;
      await tools.sleep(everyMs);
    }
    return '';
  };
}

async function judged(scenario: ScenarioInput, client: VirtualClient, more: Partial<WorldOptions> = {}) {
  const { verdict, accused } = await virtualWorld({ scenario, client, named: false, outcomes: false, ...more });
  const finding = verdict.findings.find(({ rule }) => rule === 'stops_at_a_wall');
  if (finding === undefined) throw new Error('the rule was not asked');
  return { finding, accused };
}

test.each<[string, Fault, string]>([
  ['a wrong key', 'invalid_api_key', '401 invalid_api_key'],
  ['no credit', 'insufficient_quota', '429 credit_balance_exhausted'],
  ['402', { http_error: { status: 402 } }, '402'],
  ['an account that was deactivated', 'account_deactivated', '401 account_deactivated'],
  ['a country that is refused', 'unsupported_country', '403 unsupported_country_region_territory'],
])('a program that goes on asking after %s is warned, by how many and how fast', async (_, fault, refusal) => {
  const { finding, accused } = await judged(always(fault), job({ questions: 120 }));
  expect(accused).toEqual({ fail: [], warn: ['stops_at_a_wall'] });
  expect(finding).toMatchObject({ verdict: 'warn', severity: 'high', n: 119, threshold: 25, correlation: 'exact' });
  expect(finding.explain).toMatch(/^119 new calls within 1\.\d{3} s after the account was refused \(/);
  expect(finding.explain).toContain(`(${refusal})`);
  expect(finding.evidence[0]?.entries).toHaveLength(10);
  expect(finding.evidence[0]?.line).toMatch(
    /^(401|402|403|429)[a-z_ ]* → 119 new calls, the last after 1\.\d{3} s: 9\d a second$/,
  );
  expect(finding.advice).not.toBe('');
});

const wrongKey = always('invalid_api_key');

test.each<[string, ScenarioInput, VirtualClient, Partial<WorldOptions>]>([
  ['stops after five refusals', wrongKey, job({ questions: 120, stopsAfter: 5 }), {}],
  ['has few questions', wrongKey, job({ questions: 25 }), {}],
  ['asks seldom', wrongKey, job({ questions: 100, everyMs: 1_000 }), {}],
  [
    'sent all before the first was refused',
    always({ http_error: { status: 401, after: '2s' } }),
    job({ questions: 1 }),
    { calls: 100 },
  ],
  [
    'is many callers, each of which stops after five refusals',
    always({ http_error: { status: 401, after: '1s' } }),
    job({ questions: 120, stopsAfter: 5 }),
    { calls: 20, staggerMs: 1 },
  ],
  ['changes the key with each question', wrongKey, job({ questions: 120, key: (at) => `sk-${at}` }), {}],
  ['is refused now and then', { rules: [{ probability: 0.3, fault: 'invalid_api_key' } as never] }, job({ questions: 120 }), {}],
  ['goes on after what another model would answer', always('model_forbidden'), job({ questions: 120 }), {}],
  ['is told by the scenario that it passes', { ...wrongKey, expect: { retries: [401] } }, job({ questions: 120 }), {}],
  ['counts its retries', wrongKey, job({ questions: 120, header: (at) => ({ 'x-stainless-retry-count': String(at) }) }), {}],
])('a program that %s is not accused', async (_, scenario, client, more) => {
  const { accused } = await judged(scenario, client, more);
  expect([...accused.fail, ...accused.warn]).not.toContain('stops_at_a_wall');
});

const declared: PolicyInput = { wall: { calls: 10, within: '1s' } };

test.each<[string, Job, string]>([
  ['fails from so many calls on', { questions: 11 }, 'fail'],
  ['passes what is below', { questions: 10 }, 'pass'],
  ['passes what comes later', { questions: 30, everyMs: 150 }, 'pass'],
  ['passes who stops', { questions: 120, stopsAfter: 5 }, 'pass'],
])('`wall` %s', async (_, asked, verdict) => {
  const { finding } = await judged(wrongKey, job(asked), { policy: declared });
  expect(finding).toMatchObject({ verdict, threshold: 10 });
});

test('`wall` of the scenario counts, and names what it allows', async () => {
  const scenario: ScenarioInput = { ...wrongKey, expect: { wall: { calls: 20, within: '2s' } } };
  const { finding, accused } = await judged(scenario, job({ questions: 40, everyMs: 50 }));
  expect(accused.fail).toEqual(['stops_at_a_wall']);
  expect(finding.explain).toContain('the policy allows fewer than 20 within 2.000 s');
});

test('few calls after a refusal show nothing, unless it is known that more were asked for', async () => {
  const untold = await judged(wrongKey, job({ questions: 3 }));
  expect(untold.finding.verdict).toBe('not_applicable');
  let refused = 0;
  const breaker: VirtualClient = async (tools) => {
    if (refused >= 5) throw new Error('open');
    refused += (await tools.request()).status === 401 ? 1 : 0;
    throw new Error('refused');
  };
  const told = await judged(wrongKey, breaker, { calls: 60, outcomes: true });
  expect(told.finding).toMatchObject({ verdict: 'pass', n: 4 });
});

test('a key that works again ends the wall', async () => {
  const scenario: ScenarioInput = { rules: [{ during: '0s..50ms', fault: 'invalid_api_key' } as never] };
  const { finding } = await judged(scenario, job({ questions: 120 }));
  expect(finding.verdict).toBe('not_applicable');
  expect(finding.n).toBeLessThan(10);
});

test('callers at once are connections in use at the same time', () => {
  const use = (connId: number, t_headers: number, t_end: number) => journalEntry({ connId, t_headers, t_end });
  expect(callersAtOnce([])).toBe(0);
  expect(callersAtOnce([use(1, 0, 1), use(2, 2, 3), use(3, 4, 5)])).toBe(1);
  expect(callersAtOnce([use(1, 0, 1), use(2, 2, 3), use(1, 4, 5)])).toBe(2);
});
