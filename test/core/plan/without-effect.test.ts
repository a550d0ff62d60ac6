import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCounters } from '../../../src/core/plan/counters.ts';
import { decide } from '../../../src/core/plan/decide.ts';
import { Facts } from '../../../src/core/plan/facts.ts';
import { matchingRules } from '../../../src/core/plan/matching-rules.ts';
import { formatProblem } from '../../../src/core/problem.ts';
import { libraries } from '../../../src/libraries.ts';
import { bundledScenarios, fileSource, loadScenario, scenarioPath } from '../../../src/scenario-files/load-scenario.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { apiRequest } from '../../support/reply-context.ts';

function warningsOf(text: string): string[] {
  return loadScenario({ file: 's', text }, libraries).warnings.map(formatProblem);
}

/** A rule, or two, and what is said of the last one; the same with one thing changed, of which nothing is said. */
test.each([
  ['probability: 0, fault: ok', 'never strikes: a probability of 0', 'probability: 0.001, fault: ok'],
  ['first: 2, after: 5, fault: ok', 'first: 2 and after: 5 exclude each other', 'first: 6, after: 5, fault: ok'],
  ['first: 1, every: 2, fault: ok', 'first: 1 ends before every: 2 begins', 'first: 2, every: 2, fault: ok'],
  ['first: 5, after: 4, every: 3, fault: ok', 'first: 5', 'first: 6, after: 4, every: 3, fault: ok'],
  [
    'match: { endpoint: models, model: gpt-4o }, fault: ok',
    'no request to models names a model',
    'match: { endpoint: models.retrieve, model: gpt-4o }, fault: ok',
  ],
  [
    'match: { endpoint: models, stream: true }, fault: ok',
    'no request to models asks for a stream',
    'match: { endpoint: models, stream: false }, fault: ok',
  ],
  [
    'match: { endpoint: embeddings, method: GET }, fault: ok',
    'requests to embeddings are sent by POST',
    'match: { endpoint: embeddings, method: post }, fault: ok',
  ],
  [
    'match: { endpoint: embeddings, path: /v1/chat/* }, fault: ok',
    'requests to embeddings go to /v1/embeddings',
    'match: { endpoint: embeddings, path: /v1/* }, fault: ok',
  ],
  [
    'match: { endpoint: models, prompt: "*hi*" }, fault: ok',
    'no request to models has a prompt',
    'match: { endpoint: models, prompt: "*" }, fault: ok',
  ],
  [
    'match: { endpoint: models, tokens: ">10" }, fault: ok',
    'no request to models has tokens',
    'match: { endpoint: models, tokens: "<10" }, fault: ok',
  ],
  [
    'match: { endpoint: models, has_tools: true }, fault: ok',
    'no request to models has tools',
    'match: { endpoint: chat*, has_tools: true }, fault: ok',
  ],
  [
    'match: { endpoint: models, user: u }, fault: ok',
    'no request to models names a user',
    'match: { endpoint: "*", user: u }, fault: ok',
  ],
])('{ %s } is warned of', (dead, warning, alive) => {
  expect(warningsOf(`rules: [ { ${dead} } ]`)).toEqual([expect.stringContaining(warning)]);
  expect(warningsOf(`rules: [ { ${alive} } ]`)).toEqual([]);
});

test.each([
  ['fault: overloaded', 'fault: overloaded', 'first: 3, fault: overloaded'],
  ['fault: ok', 'first: 3, fault: overloaded', 'times: 3, fault: ok'],
  ['after: 0, every: 1, probability: 1, fault: ok', 'fault: ok', 'after: 1, fault: ok'],
  ['fault: { latency: 2s }', 'fault: bad_gateway', 'probability: 0.5, fault: { latency: 2s }'],
  ['one_of: { ok: 1, hang: 1 }', 'fault: hang', 'match: { model: o3 }, one_of: { ok: 1, hang: 1 }'],
  ['sequence: [ ok, hang ], repeat: true', 'fault: hang', 'sequence: [ ok, hang ]'],
  [
    'match: { model: gpt-4* }, fault: ok',
    'match: { model: gpt-4o, stream: true }, fault: hang',
    'match: { model: gpt-5* }, fault: ok',
  ],
  ['match: { model: /^gpt/ }, fault: ok', 'match: { model: gpt-4o }, fault: hang', 'match: { model: /^o/ }, fault: ok'],
  ['match: { model: gpt-* }, fault: ok', 'match: { model: "gpt-4?" }, fault: hang', 'match: { model: "gpt-??" }, fault: ok'],
  [
    'match: { header: { X-A: "*" } }, fault: ok',
    'match: { header: { x-a: b } }, fault: hang',
    'match: { header: { X-B: "*" } }, fault: ok',
  ],
  ['match: { tokens: ">10" }, fault: ok', 'match: { tokens: 20..30 }, fault: hang', 'match: { tokens: ">25" }, fault: ok'],
  ['match: { has_tools: true }, fault: ok', 'match: { has_tools: true }, fault: hang', 'match: { has_tools: false }, fault: ok'],
  ['during: 0s..20s, fault: ok', 'during: 5s..10s, fault: hang', 'during: 0s..8s, fault: ok'],
  ['during: 0s.., fault: ok', 'fault: hang', 'during: 1s.., fault: ok'],
  ['attempts: 1..3, fault: ok', 'attempts: 2, fault: hang', 'attempts: 1, fault: ok'],
  ['fault: truncated_stream', 'fault: malformed_chunk', 'fault: truncated_body'],
  ['fault: { connection_reset: { at: accept } }', 'fault: { connection_reset: { at: accept } }', 'fault: overloaded'],
])('behind { %s } a rule { %s } never strikes', (above, below, twin) => {
  expect(warningsOf(`rules: [ { ${above} }, { ${below} } ]`)).toEqual([
    expect.stringMatching(
      /^s:1:\d+ rules\[1\]: (?:never strikes: rule 1 above it strikes every request|strikes no good request: rule 1 above it strikes each of them) that it matches$/,
    ),
  ]);
  expect(warningsOf(`rules: [ { ${twin} }, { ${below} } ]`)).toEqual([]);
});

test.each([
  ['fault: truncated_stream', 'fault: overloaded'],
  ['match: { stream: true }, fault: ok', 'fault: overloaded'],
  ['match: { model: "*" }, fault: ok', 'fault: overloaded'],
])('behind { %s } a rule { %s } still strikes', (above, below) => {
  expect(warningsOf(`rules: [ { ${above} }, { ${below} } ]`)).toEqual([]);
});

test('a fault of the edge behind one of the API is told to strike only what is refused by itself', () => {
  const [warning, ...others] = warningsOf('rules: [ { name: all, fault: overloaded }, { fault: connection_reset } ]');
  expect(warning).toContain('strikes no good request: rule 1 ("all") above it strikes each of them that it matches');
  expect(others).toEqual([]);
});

test.each([
  ['content: a', 'content: b', 'match: { model: o3 }, content: a'],
  [
    'match: { prompt: /a/ }, content: a',
    'match: { prompt: /a/, stream: true }, content: b',
    'match: { prompt: /b/ }, content: a',
  ],
  ['tool_call: { name: f }', 'tool_call: { name: g }', 'match: { has_tools: true }, tool_call: { name: f }'],
])('behind { %s } a reply { %s } never speaks', (above, below, twin) => {
  expect(warningsOf(`replies: [ { ${above} }, { ${below} } ]`)).toEqual([
    expect.stringContaining('replies[1]: never speaks: reply 1 above it speaks of every request that it matches'),
  ]);
  expect(warningsOf(`replies: [ { ${twin} }, { ${below} } ]`)).toEqual([]);
});

test('a reply behind a tool call speaks once the tool has answered', () => {
  expect(warningsOf('replies: [ { tool_call: { name: f } }, { content: done } ]')).toEqual([]);
});

test.each(bundledScenarios())('%s has no rule without effect', (name) => {
  expect(loadScenario(fileSource(scenarioPath(name)), libraries).warnings).toEqual([]);
});

const model = fc.constantFrom('gpt-4o', 'gpt-*', 'o?', '/^o/', '*');
const match = fc.record(
  {
    endpoint: fc.constantFrom('chat.completions', 'embeddings', 'models', 'models*', '*'),
    method: fc.constantFrom('POST', 'get', '*'),
    model,
    stream: fc.boolean(),
    prompt: fc.constantFrom('*hello*', 'bye', '*', '/h/'),
    tokens: fc.constantFrom('>5', '1..3', '<=5'),
    has_tools: fc.boolean(),
  },
  { requiredKeys: [] },
);
const rule = fc.record(
  {
    match,
    fault: fc.constantFrom('overloaded' as const, 'connection_reset' as const, 'ok' as const, 'duplicate_chunk' as const),
    first: fc.integer({ min: 1, max: 3 }),
    after: fc.integer({ min: 0, max: 3 }),
    every: fc.integer({ min: 1, max: 3 }),
    times: fc.integer({ min: 1, max: 3 }),
    attempts: fc.constantFrom('1', '1..2', '2..'),
    during: fc.constantFrom('0s..2s', '1s..', '0s..'),
    probability: fc.constantFrom(0, 0.5, 1),
  },
  { requiredKeys: ['fault'] },
);
const ENDPOINTS = {
  'chat.completions': 'POST /v1/chat/completions',
  embeddings: 'POST /v1/embeddings',
  models: 'GET /v1/models',
};
const request = fc.record({
  endpoint: fc.constantFrom(...(Object.keys(ENDPOINTS) as (keyof typeof ENDPOINTS)[])),
  model: fc.constantFrom('gpt-4o', 'o3', 'x'),
  stream: fc.boolean(),
  tools: fc.boolean(),
  prompt: fc.constantFrom('hello', 'bye'),
  tokens: fc.integer({ min: 0, max: 9 }),
  attempt: fc.integer({ min: 1, max: 3 }),
  elapsedMs: fc.constantFrom(0, 1_500, 3_000),
  refusedBy: fc.constantFrom('gateway' as const, undefined),
});

test('no rule that strikes any request is said never to strike', () => {
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 5 }), fc.array(request, { maxLength: 40 }), (rules, requests) => {
      const loaded = loadedOf(rules);
      if (loaded === undefined) return;
      const dead = loaded.warnings
        .filter(({ message }) => message.startsWith('never strikes'))
        .map(({ path }) => /^rules\[\d+\]/.exec(path)?.[0]);
      const counters = createCounters();
      for (const [index, asked] of requests.entries()) {
        const { attempt, elapsedMs, refusedBy, endpoint } = asked;
        const [method = '', path = ''] = ENDPOINTS[endpoint].split(' ');
        const body = {
          model: asked.model,
          stream: asked.stream,
          ...(asked.tools ? { tools: [{}] } : {}),
          messages: [{ role: 'user', content: asked.prompt }],
        };
        const facts = new Facts(apiRequest({ method, path, body: method === 'GET' ? undefined : body }), {}, () =>
          method === 'GET' ? 0 : asked.tokens,
        );
        const matches = matchingRules(loaded.plan.rules, facts);
        const arrival = { matches, traits: facts, call: `#${index}`, attempt, drawKey: `${index}`, elapsedMs, refusedBy };
        expect(dead).not.toContain(decide(loaded.plan, counters, arrival)?.applied.rule);
      }
    }),
    { numRuns: propertyRuns(400) },
  );
});

/** Undefined where the rules are refused: a fault of streams that its match rules out. */
function loadedOf(rules: readonly object[]) {
  try {
    return loadScenario({ file: 'scenario', data: { rules } }, libraries);
  } catch {
    return undefined;
  }
}
