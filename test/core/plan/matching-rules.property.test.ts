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
        prompt: fc.constantFrom('*hello*', 'bye'),
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
  prompt: fc.constantFrom('hello', 'bye'),
  tier: fc.constantFrom('flex', 'auto', 1, null, true, undefined),
  tags: fc.subarray(['a', 'b', 'c']),
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

interface Arrival {
  readonly facts: Facts;
  readonly step: Omit<RuleStep, 'matches'>;
}

function arrivalOf({ endpoint, method, model: named, stream, prompt, tier, tags }: Asked, index: number): Arrival {
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
    body: { ...(named !== undefined && { model: named }), stream, messages: [{ role: 'user', content: prompt }], tier, tags },
    malformed: false,
    bodyBytes: 1,
    fingerprint: 'f',
    memo: undefined,
  };
  const facts = new Facts(asked, {}, () => 1);
  return {
    facts,
    step: { traits: facts, call: `#${index}`, attempt: 1, drawKey: `f - ${index}`, elapsedMs: 0, refusedBy: undefined },
  };
}
