import fc from 'fast-check';
import { expect, test } from 'vitest';
import { faultsByName } from '../../../src/core/faults/registry.ts';
import { openai } from '../../../src/core/openai/dialects/openai/dialect.ts';
import { endpointNamed } from '../../../src/core/openai/endpoints/registry.ts';
import type { ApiRequest } from '../../../src/core/openai/request/request.ts';
import { compileRules } from '../../../src/core/plan/compile.ts';
import { createCounters } from '../../../src/core/plan/counters.ts';
import { decide, type FaultDecision, type RuleStep } from '../../../src/core/plan/decide.ts';
import { Facts } from '../../../src/core/plan/facts.ts';
import { appliesTo } from '../../../src/core/plan/match.ts';
import { matchingRules } from '../../../src/core/plan/matching-rules.ts';
import { libraries } from '../../../src/libraries.ts';
import { loadScenario } from '../../../src/scenario-files/load-scenario.ts';

const model = fc.constantFrom('gpt-4o', 'gpt-4o-mini', 'o3', 'gpt-4*', '/^o\\d/');
const rule = fc.record(
  {
    match: fc.record(
      {
        endpoint: fc.constantFrom('chat.completions', 'embeddings', '*'),
        method: fc.constantFrom('POST', 'get'),
        model,
        stream: fc.boolean(),
        has_tools: fc.boolean(),
        prompt: fc.constantFrom('*hello*', 'bye', 'hel*', 'h?llo', '?ye', '/^b/', '*ello to*', '*a?l*'),
        system: fc.constantFrom('Be kind*', 'Be brief.', '*', 'Be kind, and always say why.'),
        turn: fc.constantFrom(1, '1..2', '>1', '<2', '..99'),
        tool_result: fc.constantFrom('Paris', 'Par*', '*is'),
        header: fc.record({ 'X-Team': fc.constantFrom('red', 're*', '*') }, { requiredKeys: [] }),
        body: fc.record(
          { '/tier': fc.constantFrom('flex', 'f*', 1, '1', null, true), '/tags/*': fc.constantFrom('a', 'b', '*') },
          { requiredKeys: [] },
        ),
        last_role: fc.constantFrom('user' as const, 'tool' as const),
      },
      { requiredKeys: [] },
    ),
    fault: fc.constant('server_error' as const),
    first: fc.integer({ min: 1, max: 3 }),
    probability: fc.constantFrom(0.5, 1),
  },
  { requiredKeys: ['fault'] },
);
const request = fc.record({
  endpoint: fc.constantFrom('chat.completions' as const, 'embeddings' as const, undefined),
  method: fc.constantFrom('POST', 'GET'),
  model: fc.option(fc.oneof(model, fc.constant('x'.repeat(200))), { nil: undefined }),
  stream: fc.boolean(),
  prompt: fc.constantFrom<string>('hello', 'bye', 'Say hello to all'),
  tier: fc.constantFrom<string | number | boolean | null | undefined>('flex', 'auto', 1, null, true, undefined),
  tags: fc.subarray(['a', 'b', 'c']),
  system: fc.constantFrom<string | undefined>('Be kind, and always say why.', 'Be brief.', undefined),
  answers: fc.integer({ min: 0, max: 2 }),
  result: fc.constantFrom<string | undefined>('Paris', 'Paradise', undefined),
  team: fc.constantFrom<string | undefined>('red', 'green', undefined),
});

type Asked = typeof request extends fc.Arbitrary<infer T> ? T : never;

/** The rules asked one after another, without any index: each alone in a list, until one decides. */
function decideLinearly(
  plan: Parameters<typeof decide>[0],
  counters: Parameters<typeof decide>[1],
  { facts, step }: Arrival,
): FaultDecision | undefined {
  for (const planned of plan.rules) {
    if (!appliesTo(planned.matches, facts)) continue;
    const decision = decide({ ...plan, rules: [planned] }, counters, { ...step, matches: [0] });
    if (decision !== undefined) return decision;
  }
  return undefined;
}

test('requests are decided as by asking each rule in turn, and count for the same rules, when the step has travelled, too', () => {
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 12 }), fc.array(request, { maxLength: 30 }), (rules, requests) => {
      const { plan, scenario } = loadScenario({ file: 'scenario', data: { rules } }, libraries);
      expect(compileRules(scenario.rules, 'rules', { libraries, faults: faultsByName, seed: 1 })).toHaveLength(rules.length);
      const [indexed, linear, told] = [createCounters(), createCounters(), createCounters()];
      requests.forEach((asked, index) => {
        const arrival = arrivalOf(asked, index);
        const { facts, step } = arrival;
        const decision = decide(plan, indexed, { ...step, matches: matchingRules(plan.rules, facts) });
        expect(decision).toEqual(decideLinearly(plan, linear, arrival));
        const { streamed, features, carrier, protocol, dialect, keyScope, modelScope } = facts;
        const travelled = {
          ...step,
          matches: [...matchingRules(plan.rules, facts)],
          traits: { streamed, features, carrier, protocol, dialect, keyScope, modelScope },
        };
        expect(decide(plan, told, structuredClone(travelled))).toEqual(decision);
      });
      for (const { id } of plan.rules) {
        expect(indexed.read('session', id)).toEqual(linear.read('session', id));
        expect(told.read('session', id)).toEqual(linear.read('session', id));
      }
    }),
  );
});

test('rules that need something that a request does not have are not asked', () => {
  const needs = ['body', 'system', 'tool_result', 'turn', 'header', 'prompt'].flatMap((key) =>
    Array.from({ length: 200 }, (_, n) => ({ match: needOf(key, n), fault: 'server_error' as const })),
  );
  const { plan } = loadScenario({ file: 'scenario', data: { rules: needs } }, libraries);
  const asked: string[] = [];
  const rules = plan.rules.map((planned) => ({
    ...planned,
    matches: { ...planned.matches, rest: (facts: Facts) => asked.push(planned.id) > 0 && planned.matches.rest(facts) },
  }));
  const request = {
    ...PLAIN,
    system: 'team 7, be kind',
    answers: 6,
    result: 'result 7',
    team: 'team 7',
    tier: 'tier 7',
    prompt: 'Tell me of number 7. Now.',
  };
  const found = [...matchingRules(rules, arrivalOf(request, 0).facts)].map((place) => rules[place]?.id);
  expect(found).toHaveLength(6);
  // Beginnings are compared up to a length, pieces by their ends: what is left is asked.
  expect(asked.length).toBeLessThanOrEqual(20);
});

test('a rule is found by what tells it from most others: by a beginning rather than by the turn or by who spoke last', () => {
  const rules = Array.from({ length: 200 }, (_, n) => ({
    match: { last_role: 'user' as const, turn: 1, body: { '/tier': `tier ${n}, *` } },
    fault: 'server_error' as const,
  }));
  const { plan } = loadScenario({ file: 'scenario', data: { rules } }, libraries);
  let asked = 0;
  const counted = plan.rules.map((planned) => ({
    ...planned,
    matches: { ...planned.matches, rest: (facts: Facts) => (asked += 1) > 0 && planned.matches.rest(facts) },
  }));
  expect([...matchingRules(counted, arrivalOf({ ...PLAIN, tier: 'tier 7, flex' }, 0).facts)]).toEqual([7]);
  expect(asked).toBe(1);
});

const PLAIN: Asked = {
  endpoint: 'chat.completions',
  method: 'POST',
  model: 'gpt-4o',
  stream: false,
  prompt: 'hello',
  tier: undefined,
  tags: [],
  system: undefined,
  answers: 0,
  result: undefined,
  team: undefined,
};

function needOf(key: string, n: number): object {
  if (key === 'turn') return { turn: n };
  if (key === 'body') return { body: { '/tier': `tier ${n}` } };
  if (key === 'prompt') return { prompt: `*number ${n}.*` };
  if (key === 'header') return { header: { 'x-team': `team ${n}` } };
  return { [key]: key === 'system' ? `team ${n}, *` : `result ${n}*` };
}

interface Arrival {
  readonly facts: Facts;
  readonly step: Omit<RuleStep, 'matches'>;
}

/** A conversation in which the model has answered so often. */
function messagesOf({ system, prompt, answers, result }: Asked): object[] {
  const turns = Array.from({ length: answers }, () => [
    { role: 'user', content: prompt },
    { role: 'assistant', content: 'Well.' },
  ]);
  return [
    ...(system === undefined ? [] : [{ role: 'system', content: system }]),
    ...turns.flat(),
    { role: 'user', content: prompt },
    ...(result === undefined ? [] : [{ role: 'tool', tool_call_id: 'call_1', content: result }]),
  ];
}

function arrivalOf(request: Asked, index: number): Arrival {
  const { endpoint, method, model: named, stream, tier, tags, team } = request;
  const asked: ApiRequest = {
    method,
    path: '/',
    query: undefined,
    accept: undefined,
    contentType: undefined,
    endpoint: endpoint === undefined ? undefined : endpointNamed(endpoint),
    dialect: openai,
    key: 'sk-a',
    keyHash: undefined,
    body: { ...(named !== undefined && { model: named }), stream, messages: messagesOf(request), tier, tags },
    malformed: false,
    bodyBytes: 1,
    fingerprint: 'f',
    memo: undefined,
  };
  const facts = new Facts(asked, team === undefined ? {} : { 'x-team': team }, () => 1);
  return {
    facts,
    step: { traits: facts, call: `#${index}`, attempt: 1, drawKey: `f - ${index}`, elapsedMs: 0, refusedBy: undefined },
  };
}
