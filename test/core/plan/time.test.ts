import { expect, test } from 'vitest';
import { faultsByName as faults } from '../../../src/core/faults/registry.ts';
import type { JournalEntry } from '../../../src/core/journal/entry.ts';
import { Bursts } from '../../../src/core/plan/bursts.ts';
import { compilePlan } from '../../../src/core/plan/compile.ts';
import { createCounters } from '../../../src/core/plan/counters.ts';
import { decide } from '../../../src/core/plan/decide.ts';
import { explainRule } from '../../../src/core/plan/explain.ts';
import { Facts } from '../../../src/core/plan/facts.ts';
import { brownOutsOf, outagesOf } from '../../../src/core/plan/outages.ts';
import { formatProblem } from '../../../src/core/problem.ts';
import { fork } from '../../../src/core/random.ts';
import { parseScenario } from '../../../src/core/scenario/parse.ts';
import { libraries } from '../../../src/libraries.ts';
import { loadScenario } from '../../../src/scenario-files/load-scenario.ts';
import { journalEntry } from '../../support/journal-entry.ts';
import { apiRequest } from '../../support/reply-context.ts';

function planOf(rule: string, seed = 1) {
  const { value, problems } = parseScenario({ file: 'test.yaml', text: `rules:\n  - { ${rule} }` }, libraries);
  if (problems !== undefined) throw new Error(problems.map(formatProblem).join('\n'));
  return compilePlan(value, seed, { libraries, faults });
}

/** What the rule does to a request at each of the moments, in milliseconds. */
function playedAt(rule: string, moments: readonly number[], seed = 1) {
  const plan = planOf(rule, seed);
  const counters = createCounters();
  const traits = new Facts(apiRequest(), {}, () => 0);
  return moments.map((elapsedMs, index) => {
    const key = `k${index}`;
    return decide(plan, counters, { matches: [0], traits, call: key, attempt: 1, drawKey: key, elapsedMs, refusedBy: undefined });
  });
}

function firesAt(rule: string, moments: readonly number[], seed = 1): number[] {
  const played = playedAt(rule, moments, seed);
  return moments.filter((_, index) => played[index] !== undefined);
}

const seconds = (n: number) => Array.from({ length: n }, (_, second) => second * 1_000);

test('a rule fires in each span of a list, and in those that come again', () => {
  const rule = 'during: [1s..3s, { from: 10s, to: 30s, every: 10s, for: 2s }], fault: overloaded';
  expect(firesAt(rule, seconds(40)).map((ms) => ms / 1_000)).toEqual([1, 2, 10, 11, 20, 21]);
});

test.each([
  ['during: 10s..30s, ', 10_000],
  ['during: { from: 10s, every: 1m, for: 20s }, ', 70_000],
  ['', 0],
])('the frequency of a ramp is its integral, from the start of its span on (%s)', (span, from) => {
  const n = 20_000;
  // Over the ramp of 10 s, and 10 s more at its end: (0.1 + 0.7) / 2 and 0.7, on average 0.55.
  const moments = Array.from({ length: n }, (_, index) => from + (index * 20_000) / n);
  const hits = playedAt(`${span}probability: { from: 0.1, to: 0.7, over: 10s }, fault: hang`, moments).filter(Boolean).length;
  const sigma = Math.sqrt(0.55 * 0.45 * n);
  expect(Math.abs(hits - 0.55 * n)).toBeLessThan(4.5 * sigma);
});

test('a ramp of latency grows from the start of the span, and begins anew in the next', () => {
  const rule = 'during: { from: 1s, every: 20s, for: 15s }, fault: { latency: { from: 100ms, to: 1100ms, over: 10s } }';
  const waits = playedAt(rule, [1_000, 6_000, 11_000, 15_000, 21_000]).map((each) => each?.applied.faults[0]?.params);
  expect(waits).toEqual([100, 600, 1_100, 1_100, 100].map((ms) => ({ kind: 'constant', ms })));
});

test('until_end counts down to the end of the span, and to the end of spans that touch', () => {
  const hint = (during: string, moments: readonly number[]) =>
    playedAt(`during: ${during}, fault: { rate_limit: { retry_after: until_end } }`, moments).map(
      (each) => (each?.applied.faults[0]?.params as { retry_after: { ms: number } } | undefined)?.retry_after.ms,
    );
  expect(hint('0s..10s', [0, 2_000, 4_000, 9_999.5])).toEqual([10_000, 8_000, 6_000, 1]);
  expect(hint('[0s..10s, 10s..12s]', [4_000])).toEqual([8_000]);
  expect(hint('{ every: 10s, for: 4s }', [21_000])).toEqual([3_000]);
});

test('an answer that comes late counts down from when it comes', () => {
  const [decision] = playedAt('during: 0s..10s, fault: { overloaded: { retry_after: until_end, after: 3s } }', [2_000]);
  expect(decision?.applied.faults[0]?.params).toMatchObject({ retry_after: { kind: 'wait', ms: 5_000 } });
});

test('bursts have the stated mean lengths', () => {
  const [onMs, offMs, n] = [5_000, 25_000, 4_000];
  const bursts = new Bursts({ onMs, offMs }, fork(11, 'test')).windowsBefore(Number.MAX_SAFE_INTEGER / 1e6, n);
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const on = bursts.map(({ from, to }) => to - from);
  const off = bursts.slice(1).map(({ from }, index) => from - (bursts[index]?.to ?? 0));
  expect(bursts).toHaveLength(n);
  // The standard deviation of an exponential length is its mean.
  expect(Math.abs(mean(on) - onMs)).toBeLessThan((4.5 * onMs) / Math.sqrt(n));
  expect(Math.abs(mean(off) - offMs)).toBeLessThan((4.5 * offMs) / Math.sqrt(n));
});

test('bursts begin in trouble as often as they are in trouble', () => {
  const n = 2_000;
  const begun = Array.from({ length: n }, (_, seed) => new Bursts({ onMs: 1_000, offMs: 3_000 }, fork(seed, 'b')).windowAt(0));
  const sigma = Math.sqrt(0.25 * 0.75 * n);
  expect(Math.abs(begun.filter(Boolean).length - n / 4)).toBeLessThan(4.5 * sigma);
});

test('bursts are the same for the same seed, in whatever order they are asked about, and others for another', () => {
  const rule = 'bursts: { on: 2s, off: 5s }, fault: overloaded';
  const moments = seconds(600);
  const backwards = firesAt(rule, [...moments].reverse()).reverse();
  expect(firesAt(rule, moments)).toEqual(backwards);
  expect(firesAt(rule, moments).length).toBeGreaterThan(60);
  expect(firesAt(rule, moments, 2)).not.toEqual(backwards);
});

test('two services have bursts of their own', () => {
  const rules = [{ bursts: { on: '2s', off: '5s' }, fault: 'overloaded' as const }];
  const loaded = loadScenario({ file: 'x', data: { providers: { a: { rules }, b: { rules } } } }, libraries);
  const [a, b] = [...loaded.providers.values()].map(({ plan }) => plan.rules[0]?.activity?.windowsBefore(100_000));
  expect(a).not.toEqual(b);
});

test('bursts within spans end with the span', () => {
  const [planned] = planOf('during: { every: 10s, for: 3s }, bursts: { on: 4s, off: 4s }, fault: overloaded').rules;
  const windows = planned?.activity?.windowsBefore(600_000) ?? [];
  expect(windows.length).toBeGreaterThan(10);
  for (const { from, to } of windows) expect(Math.floor(from / 10_000)).toBe(Math.floor((to - 0.001) / 10_000));
  for (const { to } of windows) expect(to % 10_000).toBeLessThanOrEqual(3_000);
});

const arrivalsAt = (times: readonly number[]): JournalEntry[] =>
  times.map((at, index) => journalEntry({ seq: index + 1, t_headers: at }));

test('each occurrence in which something arrived is an outage of its own', () => {
  const { rules } = planOf('during: { from: 1s, every: 10s, for: 2s }, fault: overloaded');
  expect(outagesOf(rules, 500, arrivalsAt([2_000, 5_000, 22_000, 60_000]))).toEqual([
    { from: 1_500, to: 3_500 },
    { from: 21_500, to: 23_500 },
  ]);
});

test('bursts are outages', () => {
  const { rules } = planOf('bursts: { on: 2s, off: 5s }, fault: overloaded');
  const windows = rules[0]?.activity?.windowsBefore(100_000) ?? [];
  const [first, second] = windows;
  const middle = (windows[3]?.from ?? 0) + 0.5 * ((windows[3]?.to ?? 0) - (windows[3]?.from ?? 0));
  const arrived = outagesOf(rules, 0, arrivalsAt([first?.from ?? 0, middle]));
  expect(arrived).toEqual([first, windows[3]]);
  expect(second).toBeDefined();
});

test('the share of a brown-out that grows is the mean of its ramp', () => {
  const { rules } = planOf('during: 1s..21s, probability: { from: 0, to: 0.8, over: 10s }, fault: overloaded');
  const [found] = brownOutsOf(rules, 0, { entries: arrivalsAt([2_000]), least: 0.3 });
  expect(found).toMatchObject({ from: 1_000, to: 21_000 });
  expect(found?.share).toBeCloseTo(0.6);
});

test.each([
  [
    'during: [1s..2s, { from: 10s, to: 5m, every: 30s, for: 5s }], fault: ok',
    'every request, from 1s to 2s and from 10s to 5m, every 30s for 5s after the first call: ok',
  ],
  [
    'probability: { from: 0, to: 0.5, over: 30s }, fault: ok',
    'every request, with a probability that goes from 0 to 0.5 in 30s: ok',
  ],
  ['bursts: { on: 5s, off: 25s }, fault: ok', 'every request, in bursts of 5s with 25s between them on average: ok'],
])('{ %s } is said in words', (rule, expected) => {
  const [planned] = planOf(rule).rules;
  expect(planned && explainRule(planned)).toBe(expected);
});

const problemsOf = (rule: string) =>
  (parseScenario({ file: 't.yaml', text: `rules:\n  - { ${rule} }` }, libraries).problems ?? []).map(formatProblem);

test.each([
  ['during: 10, fault: ok', /^t\.yaml:2:15 rules\[0\]\.during: expected a span of time such as 10s\.\.20s, found 10$/],
  ['during: { every: 5s, for: 5s }, fault: ok', /^t\.yaml:2:33 rules\[0\]\.during\.for: expected less than `every`/],
  ['during: { every: 5s, for: 0s }, fault: ok', /during\.for: expected a duration above 0, found 0$/],
  ['during: { from: 9s, to: 3s, every: 5s, for: 1s }, fault: ok', /during\.to: expected a later time than `from`$/],
  ['during: { every: 5s }, fault: ok', /during\.for: missing key "for": expected a duration/],
  ['during: { evry: 5s, every: 5s, for: 1s }, fault: ok', /unknown key "evry"\. Did you mean "every"\?/],
  ['during: [], fault: ok', /expected a list of at least 1 item, found an empty list/],
  [
    'during: [1s..2s, 5s..3s], fault: ok',
    /rules\[0\]\.during\[1\]: expected a span of time such as 10s\.\.20s, found "5s\.\.3s"\. A span ends after it begins$/,
  ],
  ['during: 2s..2s, fault: ok', /found "2s\.\.2s"\. A span ends after it begins$/],
  ['probability: { from: 0, to: 1.5, over: 3s }, fault: ok', /probability\.to: expected a number of at most 1, found 1\.5/],
  ['probability: { from: 0, to: 1, over: 0s }, fault: ok', /probability\.over: expected a duration above 0, found 0/],
  ['bursts: { on: 10ms, off: 1s }, fault: ok', /bursts\.on: expected a mean of at least 100ms/],
  ['fault: { latency: { from: 1s, to: 2s } }', /missing key "over": expected a duration/],
  [
    'fault: { rate_limit: { retry_after: until_end } }',
    /rules\[0\]\.fault: until_end needs a span that ends: give the rule one, such as during: 0s\.\.10s/,
  ],
  ['during: [0s..1s, 5s..], fault: { rate_limit: { retry_after: until_end } }', /until_end needs a span that ends/],
  ['during: 0s..1s, fault: { rate_limit: { retry_after_ms: until_end } }', /until_end goes with retry_after/],
])('{ %s } is refused', (rule, expected) => {
  const problems = problemsOf(rule);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(expected);
});

test.each([
  ['- { during: [0s..10s, 2s..5s], fault: overloaded }', 'rules[0].during[1]: adds nothing: span 1 of the list has all of it'],
  ['- { during: [0s..10s, 0s..10s], fault: overloaded }', 'rules[0].during[1]: adds nothing: span 1 of the list has all of it'],
  ['- { probability: { from: 0, to: 0, over: 3s }, fault: ok }', 'rules[0].probability: never strikes: a probability of 0'],
  [
    '- { during: 0s..1m, fault: hang }\n- { during: { from: 5s, to: 50s, every: 10s, for: 5s }, fault: hang }',
    'rules[1]: never strikes: rule 1 above it strikes every request that it matches',
  ],
])('%s is warned of', (rules, expected) => {
  const { warnings } = loadScenario({ file: 't.yaml', text: `rules:\n${rules}` }, libraries);
  expect(warnings.map(({ path, message }) => `${path}: ${message}`)).toEqual([expected]);
});

test.each([
  '- { bursts: { on: 1s, off: 1s }, fault: overloaded }\n- { fault: hang }',
  '- { probability: { from: 1, to: 1, over: 3s }, fault: overloaded }\n- { fault: hang }',
  '- { during: { every: 10s, for: 5s }, fault: overloaded }\n- { during: 0s..20s, fault: hang }',
])('%s is not warned of: that is not certain', (rules) => {
  expect(loadScenario({ file: 't.yaml', text: `rules:\n${rules}` }, libraries).warnings).toEqual([]);
});
