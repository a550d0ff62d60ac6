import { expect, test } from 'vitest';
import type { RunContext } from '../../../../src/core/backoff/kit/rule-evidence.ts';
import { backoffRules } from '../../../../src/core/backoff/registry.ts';
import { judge } from '../../../../src/core/backoff/verdict/judge.ts';
import type { JournalEntry } from '../../../../src/core/journal/entry.ts';
import { policyOf } from '../../../../src/core/policy/policy-of.ts';
import { type PolicyInput, policySchema } from '../../../../src/core/policy/policy-schema.ts';
import { type EntryParts, journalEntry } from '../../../support/journal-entry.ts';
import { goodPolicies, noises, simulateTraffic, type WaitPolicy } from '../../../support/load/simulated-traffic.ts';

const RULE = { id: 'r', harmful: true, served: 1 };

interface Case {
  readonly policy?: PolicyInput;
  readonly rules?: readonly { id: string; harmful: boolean; served: number }[];
  readonly circumstances?: Partial<RunContext>;
}

function verdictOf(entries: readonly JournalEntry[], { policy = {}, rules = [RULE], circumstances = {} }: Case = {}) {
  const end = Math.max(0, ...entries.map(({ t_end }) => t_end ?? 0));
  return judge(entries, { watchedUntil: end, clientEndedAt: end, ...circumstances }, policyOf(policySchema.parse(policy)), {
    name: 'test',
    seed: 1,
    rules,
  });
}

const findingOf = (verdict: ReturnType<typeof verdictOf>, id: string) => verdict.findings.find(({ rule }) => rule === id);

const entries = (...parts: readonly EntryParts[]) =>
  parts.map((part, at) => journalEntry({ seq: at + 1, attemptSeq: at + 1, ...part }));
const told = { status: 429, refusedBy: 'api', hint: { header: 'retry-after', raw: '30', dueAt: 30_001 } } as const;

/** The evidence line of design §7. */
test('an early retry is shown in one line', () => {
  const verdict = verdictOf(entries({ t_headers: 0, ...told }, { t_headers: 2_005 }));
  expect(verdict.verdict).toBe('fail');
  expect(verdict.explain).toBe('the client breaks 1 rule: never_early');
  expect(findingOf(verdict, 'never_early')).toMatchObject({
    verdict: 'fail',
    severity: 'critical',
    n: 1,
    correlation: 'exact',
    clock: 'real',
    evidence: [{ call: '#1', entries: [1, 2], line: 'attempt 1: 429 Retry-After 30 → attempt 2 after 2.004 s, 27.996 s early' }],
  });
});

test('a client that waits passes', () => {
  const verdict = verdictOf(entries({ t_headers: 0, ...told }, { t_headers: 30_002 }));
  expect([verdict.verdict, findingOf(verdict, 'never_early')?.verdict]).toEqual(['pass', 'pass']);
});

test('a 500 with Retry-After blames nobody: some clients honour it on 429 and 503 alone', () => {
  const verdict = verdictOf(entries({ t_headers: 0, ...told, status: 500 }, { t_headers: 2_000 }));
  expect(findingOf(verdict, 'never_early')?.verdict).toBe('info');
});

test.each([
  ['no request', [], [RULE], 'inconclusive', false],
  ['a rule that never struck', entries({}), [{ ...RULE, served: 0 }], 'inconclusive', false],
  [
    'a wait that was asked for and kept',
    entries({ t_headers: 0, ...told }, { t_headers: 30_002 }),
    [RULE, { id: 's', harmful: true, served: 0 }],
    'pass',
    true,
  ],
  ['no rule at all', entries({}), [], 'inconclusive', false],
  ['rules that do nothing', entries({}), [{ id: 'ok', harmful: false, served: 0 }], 'inconclusive', false],
])('%s', (_what, journal, rules, verdict, exercised) => {
  expect(verdictOf(journal, { rules })).toMatchObject({ verdict, exercised });
});

test('the rules that never struck are named', () => {
  expect(verdictOf(entries({}), { rules: [RULE, { id: 'second', harmful: true, served: 0 }] }).notReached).toEqual(['second']);
});

test('what may be a breach is named, and keeps a run from passing', () => {
  const kept = entries({ t_headers: 0, ...told }, { t_headers: 30_002 });
  const doubtful = [0, 2_005].map((t_headers, at) =>
    journalEntry({
      seq: at + 3,
      attemptSeq: at + 1,
      logicalId: '#2',
      certainty: 'ambiguous',
      t_headers,
      ...(at === 0 ? told : {}),
    }),
  );
  const verdict = verdictOf([...kept, ...doubtful]);
  expect(verdict.verdict).toBe('inconclusive');
  expect(verdict.explain).toMatch(/^the client keeps \d+ rules?, but 1 rule is undecided \(never_early\)/);
  expect(verdictOf(kept).explain).toMatch(/^the client keeps \d+ rules?$/);
});

test('calls that cannot be told apart accuse nobody', () => {
  const verdict = verdictOf(
    entries({ t_headers: 0, ...told, certainty: 'ambiguous' }, { t_headers: 2_005, certainty: 'ambiguous' }),
  );
  expect(verdict.verdict).toBe('inconclusive');
  expect(findingOf(verdict, 'never_early')).toMatchObject({ verdict: 'inconclusive', correlation: 'ambiguous' });
  expect(verdict.correlation).toEqual({ exact: 0, likely: 0, ambiguous: 1 });
});

test.each([
  ['off', undefined],
  ['info', 'info'],
  ['warn', 'warn'],
  ['fail', 'fail'],
] as const)('at level %s a failure is %s', (level, verdict) => {
  const found = verdictOf(entries({ t_headers: 0, ...told }, { t_headers: 2_005 }), {
    policy: { rules: { never_early: level } },
  });
  expect(findingOf(found, 'never_early')?.verdict).toBe(verdict);
});

test('level fail raises a warning', () => {
  const quota = { status: 429, errorCode: 'insufficient_quota' };
  const journal = entries({ t_headers: 0, ...quota }, { t_headers: 600, ...quota });
  expect(findingOf(verdictOf(journal), 'no_retry_quota')?.verdict).toBe('warn');
  expect(findingOf(verdictOf(journal, { policy: { rules: { no_retry_quota: 'fail' } } }), 'no_retry_quota')?.verdict).toBe(
    'fail',
  );
  expect(findingOf(verdictOf(journal, { policy: { preset: 'strict-sre' } }), 'no_retry_quota')?.verdict).toBe('fail');
});

test('a mock that was late itself makes statistical rules inconclusive, and no others', () => {
  const wait = goodPolicies['openai SDK'] ?? (() => 0);
  const journal = simulateTraffic({ wait, noise: () => 1, calls: 30, retries: 3, seed: 1 });
  const stalls = [10, 11, 12, 400].map((ms, at) => ({ at: at * 1_000, ms }));
  const verdicts = (circumstances: Partial<RunContext>) => {
    const verdict = verdictOf(journal, { circumstances });
    return ['has_jitter', 'grows', 'bounded_attempts'].map((id) => findingOf(verdict, id)?.verdict);
  };
  expect(verdicts({ stalls: stalls.slice(0, 3) })).toEqual(['pass', 'pass', 'pass']);
  expect(verdicts({ stalls })).toEqual(['inconclusive', 'inconclusive', 'pass']);
});

test('a machine that stood still for much of a wait shows no patience, and excuses no haste', () => {
  const soon = { status: 429, hint: { header: 'retry-after', raw: '2', dueAt: 2_001 } } as const;
  const patient = entries({ t_headers: 0, ...soon }, { t_headers: 2_005 });
  const hasty = entries({ t_headers: 0, ...soon }, { t_headers: 500 });
  const verdict = (journal: JournalEntry[], ms: number, at = 1_000) =>
    findingOf(verdictOf(journal, { circumstances: { stalls: [{ at, ms }] } }), 'never_early')?.verdict;
  expect([verdict(patient, 700), verdict(patient, 900)]).toEqual(['pass', 'inconclusive']);
  expect(verdict(patient, 900, 3_100)).toBe('pass');
  expect(verdict(hasty, 900)).toBe('fail');
  const twice = entries(
    { t_headers: 0, ...soon },
    { t_headers: 2_005, ...soon, hint: { ...soon.hint, dueAt: 4_005 } },
    { t_headers: 4_006 },
  );
  expect(verdict(twice, 900)).toBe('pass');
});

test('where each call is a process, noise tells no process from others', () => {
  const jittered: WaitPolicy = (k, random) => 500 * 2 ** (k - 1) * (1 + random());
  const verdict = (wait: WaitPolicy, calls: number) => {
    const noise = noises['ci'] ?? (() => 0);
    const journal = simulateTraffic({ wait, noise, calls, retries: 4, seed: 1 });
    const outcomes = Array.from({ length: calls }, (_, at) => ({ call: `c${at}`, ok: false, process: `p${at}` }));
    return findingOf(verdictOf(journal, { circumstances: { outcomes } }), 'independent_processes')?.verdict;
  };
  expect([verdict(() => 1_000, 40), verdict(jittered, 40)]).toEqual(['not_applicable', 'pass']);
});

test.each([
  ['constant 200 ms', () => 200, 'fail'],
  ['constant 2 s', () => 2_000, 'fail'],
  ['jitter from the second retry on', (k: number, random: () => number) => (k === 1 ? 80 : 2_000 * (1 + random())), 'pass'],
] as const)('the threshold of has_jitter is the one that was applied: %s', (_what, wait, expected) => {
  const journal = simulateTraffic({ wait, noise: (random) => 11 * random(), calls: 40, retries: 2, seed: 1 });
  const { verdict, statistic, threshold } = findingOf(verdictOf(journal), 'has_jitter') ?? {};
  expect(verdict).toBe(expected);
  expect((statistic?.value ?? 0) <= (threshold ?? 0)).toBe(expected === 'fail');
});

test('what speaks against the client comes first', () => {
  const order = verdictOf(entries({ t_headers: 0, ...told }, { t_headers: 2_005 })).findings.map(({ verdict }) => verdict);
  const rank = ['fail', 'warn', 'inconclusive', 'info', 'pass', 'not_applicable'];
  expect(order).toEqual([...order].sort((a, b) => rank.indexOf(a) - rank.indexOf(b)));
});

/** Design §7. */
test('the catalogue has the ids of the design', () => {
  const ids =
    'never_early http_date retry_after_ms long_hint insane_hint no_hot_retry grows has_jitter independent_processes caps_delay bounded_attempts bounded_time retries_transient retries_transport retries_refused_stream no_retry_permanent no_retry_quota obeys_should_retry amplification retry_budget aborts_hung_request recovers_promptly herd same_body same_idempotency_key fresh_connection no_silent_replay truncated_stream_noticed stream_error_surfaced stalled_stream_noticed abort_stops_retries connection_hygiene cools_down_key paces_on_headers stops_at_a_wall settles outlasts_outage fails_over no_failover_on_bad_request breaker_opens one_probe returns_to_primary neutral_429 pays_once half_tool_call_not_run heartbeats_do_not_fool bears_long_pauses adapts max_in_flight';
  expect(backoffRules.map(({ id }) => id)).toEqual(ids.split(' '));
});

test.each(backoffRules)('$id says where it comes from, what it measures and what to do', (rule) => {
  expect(rule.source).toMatch(/ https:\/\/\S+$/);
  expect(rule.source).not.toMatch(/\.md\b/);
  for (const text of [rule.summary, rule.measures, rule.advice]) expect(text).not.toMatch(/^$|\.$/);
  expect(rule.falseAlarmBound).toBeLessThanOrEqual(1e-4);
});

test.each(backoffRules)('$id has nothing to say of a run without failures', (rule) => {
  const verdict = verdictOf(entries({ t_headers: 0 }));
  expect(['not_applicable', 'pass']).toContain(findingOf(verdict, rule.id)?.verdict);
});

test('silence after a long hint is told with how long it was watched', () => {
  const long = { status: 429, hint: { header: 'retry-after', raw: '61', dueAt: 61_001 } } as const;
  const watched = (watchedUntil: number) => {
    const circumstances = { watchedUntil };
    const { findings } = judge(entries({ t_headers: 0, ...long }), circumstances, policyOf(), { name: 't', seed: 1, rules: [] });
    const { verdict, clock } = findings.find(({ rule }) => rule === 'long_hint') ?? {};
    return [verdict, clock];
  };
  expect(watched(5_001)).toEqual(['inconclusive', 'censored@5.000s']);
  expect(watched(12_001)).toEqual(['info', 'censored@12.000s']);
  expect(watched(90_001)).toEqual(['pass', 'real']);
});
