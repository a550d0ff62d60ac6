import fc from 'fast-check';
import { expect, test } from 'vitest';
import { faultsByName as faults } from '../../../src/core/faults/registry.ts';
import { compilePlan } from '../../../src/core/plan/compile.ts';
import { createCounters } from '../../../src/core/plan/counters.ts';
import { decide, type RuleStep } from '../../../src/core/plan/decide.ts';
import { Facts } from '../../../src/core/plan/facts.ts';
import { matchingRules } from '../../../src/core/plan/matching-rules.ts';
import { parseScenario } from '../../../src/core/scenario/parse.ts';
import { libraries } from '../../../src/libraries.ts';
import { apiRequest, type RequestParts } from '../../support/reply-context.ts';

interface Given extends Partial<Omit<RuleStep, 'matches' | 'traits'>> {
  readonly request?: RequestParts;
}

/** A decider over a scenario: returns the rule that fires, or undefined. */
function decider(rules: string, seed = 1) {
  const { value, problems } = parseScenario({ file: 'test.yaml', text: `rules:\n${rules}` }, libraries);
  if (problems !== undefined) throw new Error(JSON.stringify(problems));
  const plan = compilePlan(value, seed, { libraries, faults });
  const counters = createCounters();
  let arrivals = 0;
  return ({ request, ...given }: Given = {}) => {
    arrivals += 1;
    const facts = new Facts(apiRequest(request), request?.headers ?? {}, () => 100);
    const arrival = {
      matches: matchingRules(plan.rules, facts),
      traits: facts,
      call: `c${arrivals}`,
      attempt: 1,
      drawKey: `k${arrivals}`,
      elapsedMs: 0,
      refusedBy: undefined,
      ...given,
    };
    return decide(plan, counters, arrival);
  };
}

/** Which of the first n requests the rule fires for, counted from 1. */
function fires(rules: string, n: number, given: (i: number) => Given = () => ({})): number[] {
  const next = decider(rules);
  return Array.from({ length: n }, (_, i) => (next(given(i + 1)) === undefined ? 0 : i + 1)).filter((i) => i > 0);
}

test.each([
  ['first: 2', [1, 2]],
  ['after: 4', [5, 6]],
  ['every: 3', [3, 6]],
  ['times: 3', [1, 2, 3]],
  ['after: 2, times: 2', [3, 4]],
  ['every: 2, first: 5', [2, 4]],
  ['every: 2, times: 1', [2]],
  ['probability: 0', []],
  ['probability: 1', [1, 2, 3, 4, 5, 6]],
])('%s fires for requests %j of 6', (occurrence, expected) => {
  expect(fires(`  - { ${occurrence}, fault: hang }`, 6)).toEqual(expected);
});

test('attempts go by the position within the call', () => {
  expect(
    fires('  - { attempts: 2..3, fault: hang }', 5, (i) => ({
      call: 'a',
      attempt: i,
    })),
  ).toEqual([2, 3]);
});

test('during goes by the time since the first request, its end excluded', () => {
  expect(
    fires('  - { during: 2s..4s, fault: hang }', 6, (i) => ({
      elapsedMs: i * 1_000,
    })),
  ).toEqual([2, 3]);
});

test.each([
  ['key', (i: number) => ({ request: { key: i % 2 === 0 ? 'even' : 'odd' } })],
  [
    'model',
    (i: number) => ({
      request: { body: { model: i % 2 === 0 ? 'a' : 'b', messages: [] } },
    }),
  ],
  ['call', (i: number) => ({ call: i % 2 === 0 ? 'a' : 'b' })],
])('per: %s counts each apart', (per, given) => {
  expect(fires(`  - { first: 1, per: ${per}, fault: hang }`, 6, given)).toEqual([1, 2]);
});

test('the first rule that fires decides, and those after it are not consumed', () => {
  const next = decider('  - { name: a, first: 2, fault: hang }\n  - { name: b, first: 1, fault: latency }');
  expect([next(), next(), next(), next()].map((decision) => decision?.applied.rule)).toEqual(['a', 'a', 'b', undefined]);
});

test('a sequence goes step by step and then no longer fires; repeat begins it again', () => {
  const once = decider('  - sequence: [hang, latency]\n  - fault: ok');
  const faults = [once(), once(), once()].map((decision) => decision?.faults[0]?.name);
  expect(faults).toEqual(['hang', 'latency', 'ok']);
  const again = decider('  - { sequence: [hang, latency], repeat: true }');
  expect([again(), again(), again()].map((decision) => decision?.applied.step)).toEqual([1, 2, 1]);
});

test('a request that fails by itself uses up no occurrence of a fault that strikes deeper', () => {
  const next = decider('  - { name: deep, first: 1, fault: server_error }\n  - { name: edge, first: 1, fault: bad_gateway }');
  expect(next({ refusedBy: 'gateway' })?.applied.rule).toBe('edge');
  expect(next({ refusedBy: 'gateway' })).toBeUndefined();
  expect(next()?.applied.rule).toBe('deep');
});

test.each([
  ['bad_gateway', 'gateway', true],
  ['hang', 'gateway', true],
  ['invalid_api_key', 'gateway', false],
  ['invalid_api_key', 'api', true],
  ['rate_limit', 'api', false],
  ['[latency, server_error]', 'gateway', false],
  ['{ http_error: { layer: edge } }', 'gateway', true],
] as const)('%s strikes a request refused by the %s: %s', (fault, refusedBy, strikes) => {
  expect(decider(`  - fault: ${fault}`)({ refusedBy }) !== undefined).toBe(strikes);
});

test.each([
  ['endpoint: chat.completions', {}, true],
  ['endpoint: chat*', {}, true],
  ['endpoint: models', {}, false],
  ['method: POST', {}, true],
  ['path: /v1/chat/completions', {}, true],
  ['model: gpt-4o*', {}, true],
  ['model: gpt-5*', {}, false],
  ['key: sk-test-*', {}, true],
  ['stream: true', {}, false],
  ['stream: false', {}, true],
  ['header: { X-Test: "a*" }', { headers: { 'x-test': 'abc' } }, true],
  ['header: { X-Test: "a*" }', {}, false],
  ['prompt: /^hello$/i', {}, true],
  ['prompt: Hi', {}, false],
  ['user: u1', { body: { model: 'm', user: 'u1', messages: [] } }, true],
  ['user: u1', {}, false],
  ['tokens: ">99"', {}, true],
  ['tokens: ">100"', {}, false],
  ['has_tools: true', { body: { model: 'm', messages: [], tools: [{}] } }, true],
  ['has_tools: true', {}, false],
] as const)('match { %s } holds for %j: %s', (match, request, holds) => {
  expect(decider(`  - { match: { ${match} }, fault: hang }`)({ request }) !== undefined).toBe(holds);
});

test('draws depend on seed, rule and draw key alone, in any order', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0 }), fc.shuffledSubarray([...Array(30).keys()], { minLength: 30 }), (seed, order) => {
      const fates = (keys: number[]) => {
        const next = decider('  - { name: r, probability: 0.5, one_of: { hang: 1, latency: 2, bad_gateway: 1 } }', seed);
        return new Map(keys.map((key) => [key, next({ drawKey: `k${key}` })?.faults[0]?.name]));
      };
      const inOrder = fates([...Array(30).keys()]);
      const shuffled = fates(order);
      for (const [key, fate] of inOrder) expect(shuffled.get(key)).toBe(fate);
    }),
    { numRuns: 50 },
  );
});

test('probability and weights are met', () => {
  const next = decider('  - { probability: 0.25, one_of: { hang: 3, latency: 1 } }', 7);
  const fates = Array.from({ length: 20_000 }, () => next()?.faults[0]?.name);
  const share = (name: string | undefined) => fates.filter((fate) => fate === name).length / fates.length;
  // Five standard deviations; the draws are fixed by the seed.
  expect(share(undefined)).toBeCloseTo(0.75, 1.5);
  expect(Math.abs(share('hang') - 0.1875)).toBeLessThan(0.014);
  expect(Math.abs(share('latency') - 0.0625)).toBeLessThan(0.009);
});
