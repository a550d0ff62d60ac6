import { expect, test } from 'vitest';
import { explainRule } from '../../../src/core/plan/explain.ts';
import { Facts } from '../../../src/core/plan/facts.ts';
import { appliesTo, compileMatch } from '../../../src/core/plan/match.ts';
import { formatProblem } from '../../../src/core/problem.ts';
import { parseScenario } from '../../../src/core/scenario/parse.ts';
import { libraries } from '../../../src/libraries.ts';
import { loadScenario } from '../../../src/scenario-files/load-scenario.ts';
import { apiRequest } from '../../support/reply-context.ts';

const loaded = (match: string) => loadScenario({ file: 'm.yaml', text: `rules: [{ match: ${match}, fault: ok }]` }, libraries);

function fits(match: string, body: object, path = '/v1/chat/completions', service?: string): boolean {
  const [rule] = loaded(match).scenario.rules;
  const facts = new Facts(apiRequest({ path, body }), {}, () => 0);
  return appliesTo(compileMatch(rule?.match, libraries, service), facts);
}

const call = { role: 'assistant', tool_calls: [{ id: 'c', type: 'function', function: { name: 'find', arguments: '{}' } }] };
const result = (content: string) => ({ role: 'tool', tool_call_id: 'c', content });
const user = { role: 'user', content: 'Where?' };
const chat = (...messages: object[]) => ({ model: 'gpt-4o', messages });

const tools = ['get_weather', 'get_time'].map((name) => ({ type: 'function', function: { name } }));

test.each([
  ['{ body: { /service_tier: flex } }', { service_tier: 'flex' }, true],
  ['{ body: { /service_tier: f* } }', { service_tier: 'flex' }, true],
  ['{ body: { /service_tier: flex } }', {}, false],
  ['{ body: { "/tools/*/function/name": get_time } }', { tools }, true],
  ['{ body: { "/tools/0/function/name": get_time } }', { tools }, false],
  ['{ body: { "/tools/*/function/name": /^set_/ } }', { tools }, false],
  ['{ body: { /temperature: 0 } }', { temperature: 0 }, true],
  ['{ body: { /temperature: 0 } }', { temperature: '0' }, false],
  ['{ body: { /temperature: "0*" } }', { temperature: 0.5 }, true],
  ['{ body: { /stop: null } }', { stop: null }, true],
  ['{ body: { /stop: null } }', {}, false],
  ['{ body: { /a~1b/c~0d: "1" } }', { 'a/b': { 'c~d': '1' } }, true],
  ['{ body: { "/metadata/*": x } }', { metadata: { a: 'y', b: 'x' } }, true],
  ['{ body: { /store: true, /seed: 7 } }', { store: true, seed: 7 }, true],
  ['{ body: { /store: true, /seed: 7 } }', { store: true, seed: 8 }, false],
  ['{ body: { /__proto__: "*" } }', {}, false],
])('%s speaks of %j: %s', (match, body, expected) => {
  expect(fits(match, body)).toBe(expected);
});

test.each([
  ['{ system: "*careful*" }', chat({ role: 'system', content: 'Be careful.' }, user), true],
  ['{ system: "*careful*" }', chat({ role: 'developer', content: [{ type: 'text', text: 'Be careful.' }] }, user), true],
  ['{ system: "*careful*" }', chat({ role: 'user', content: 'Be careful.' }), false],
  ['{ last_role: tool }', chat(user, call, result('x')), true],
  ['{ last_role: tool }', chat(user, call, result('x'), user), false],
  ['{ last_role: user }', chat(user), true],
  ['{ last_role: system }', chat({ role: 'developer', content: 'x' }), true],
  ['{ turn: 1 }', chat({ role: 'system', content: 'x' }, user), true],
  ['{ turn: 2 }', chat(user, call, result('x')), true],
  ['{ turn: 2 }', chat(user, { role: 'assistant', content: 'It is in' }), false],
  ['{ turn: 2..3 }', chat(user, call, result('x'), { role: 'assistant', content: 'a' }, user), true],
  ['{ turn: ">2" }', chat(user, call, result('x')), false],
  ['{ tool_result: "*Paris*" }', chat(user, call, result('In Paris.'), result('Or not.')), true],
  ['{ tool_result: "*Paris*" }', chat(user, call, result('In Paris.'), { role: 'assistant', content: 'Ah.' }, user), false],
])('of chat, %s speaks of %j: %s', (match, body, expected) => {
  expect(fits(match, body)).toBe(expected);
});

const output = { type: 'function_call_output', call_id: 'c', output: 'In Paris.' };
const made = [
  { type: 'reasoning', summary: [] },
  { type: 'function_call', call_id: 'c', name: 'find', arguments: '{}' },
];

test.each([
  ['{ system: "*careful*", last_role: user, turn: 1 }', { instructions: 'Be careful.', input: 'Where?' }, true],
  ['{ last_role: tool, turn: 2, tool_result: "*Paris*" }', { input: [user, ...made, output] }, true],
  ['{ turn: 3 }', { input: [user, ...made, output] }, false],
  ['{ last_role: system }', { instructions: 'x', input: [] }, true],
])('of Responses, %s speaks of %j: %s', (match, body, expected) => {
  expect(fits(match, body, '/v1/responses')).toBe(expected);
});

test('embeddings have no conversation', () => {
  for (const match of ['{ turn: 1 }', '{ last_role: user }', '{ system: "*" }', '{ tool_result: "*" }'])
    expect(fits(match, { model: 'text-embedding-3-small', input: 'x' }, '/v1/embeddings')).toBe(false);
});

test('a provider is known by its name, the service at /v1 as default', () => {
  expect(fits('{ provider: default }', {})).toBe(true);
  expect(fits('{ provider: "back*" }', {}, undefined, 'backup')).toBe(true);
  expect(fits('{ provider: backup }', {}, undefined, 'primary')).toBe(false);
});

test('who is meant is said in words', () => {
  const match = '{ body: { /service_tier: flex, /seed: 7 }, system: "*a*", last_role: tool, turn: 2..3, tool_result: "*b*" }';
  const [rule] = loaded(match).plan.rules;
  expect(rule && explainRule(rule)).toBe(
    'requests whose system is like *a* and whose last tool result is like *b* and in which tool spoke last and for turn 2 to 3 and with a value like flex at /service_tier and with 7 at /seed: ok',
  );
});

test.each([
  [
    '{ body: { service_tier: flex } }',
    'm.yaml:1:28 rules[0].match.body.service_tier: expected a JSON Pointer such as /service_tier, found "service_tier". Did you mean /service_tier?',
  ],
  [
    '{ body: { /a~2: x } }',
    'm.yaml:1:28 rules[0].match.body./a~2: expected a JSON Pointer such as /service_tier, found "/a~2". ~ is written ~0',
  ],
  [
    '{ body: { /a: [x] } }',
    'm.yaml:1:32 rules[0].match.body./a: expected text or a number or true or false or null, found a list',
  ],
  ['{ last_role: robot }', 'm.yaml:1:31 rules[0].match.last_role: unknown value "robot". Known: system, user, assistant, tool.'],
  ['{ turn: soon }', 'm.yaml:1:26 rules[0].match.turn: expected a turn such as 1, 2..3 or ">2", found "soon"'],
  ['{ system: "/(/" }', 'm.yaml:1:28 rules[0].match.system: invalid regular expression /(/: missing closing ): `(`'],
])('%s is refused', (match, expected) => {
  const { problems = [] } = parseScenario({ file: 'm.yaml', text: `rules: [{ match: ${match}, fault: ok }]` }, libraries);
  expect(problems.map(formatProblem)).toEqual([expected]);
});

test.each([
  [
    'rules: [{ match: { endpoint: embeddings, turn: 2 }, fault: ok }]',
    'rules[0].match.turn: never strikes: no request to embeddings has turns',
  ],
  [
    'rules: [{ match: { endpoint: models, body: { /a: 1 } }, fault: ok }]',
    'rules[0].match.body: never strikes: no request to models has a body',
  ],
  [
    'providers: { a: {} }\nrules: [{ match: { provider: a }, fault: ok }]',
    'rules[0].match.provider: never strikes: rules that stand here are those of default; put it into the provider',
  ],
  [
    'rules: [{ match: { body: { /a: x } }, fault: hang }, { match: { body: { /a: x, /b: y } }, fault: hang }]',
    'rules[1]: never strikes: rule 1 above it strikes every request that it matches',
  ],
  [
    'rules: [{ match: { turn: 1..3 }, fault: hang }, { match: { turn: 2 }, fault: hang }]',
    'rules[1]: never strikes: rule 1 above it strikes every request that it matches',
  ],
])('%s is warned of', (text, expected) => {
  const { warnings } = loadScenario({ file: 'm.yaml', text }, libraries);
  expect(warnings.map(({ path, message }) => `${path}: ${message}`)).toEqual([expected]);
});

test.each([
  'rules: [{ match: { body: { /a: x } }, fault: hang }, { match: { body: { /a: y } }, fault: hang }]',
  'rules: [{ match: { turn: 2 }, fault: hang }, { fault: hang }]',
  'rules: [{ match: { tool_result: "*" }, fault: hang }, { fault: hang }]',
])('%s is not warned of', (text) => {
  expect(loadScenario({ file: 'm.yaml', text }, libraries).warnings).toEqual([]);
});
