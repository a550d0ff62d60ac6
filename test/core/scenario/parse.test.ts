import { expect, test } from 'vitest';
import { formatProblem } from '../../../src/core/problem.ts';
import { parseRules, parseScenario } from '../../../src/core/scenario/parse.ts';
import { libraries } from '../../../src/libraries.ts';

/** The problems of a text, as a user sees them; an empty list when it is good. */
function problemsOf(text: string): string[] {
  return (parseScenario({ file: 'flaky.yaml', text }, libraries).problems ?? []).map(formatProblem);
}

function scenarioOf(text: string) {
  const parsed = parseScenario({ file: 'flaky.yaml', text }, libraries);
  if (parsed.problems !== undefined) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return parsed.value;
}

test.each(['', '\n', '# only a comment\n', '---\n'])('a file of %j is empty: that is no scenario', (text) => {
  expect(problemsOf(text)).toEqual(['flaky.yaml:1:1 the file is empty: write {} for a scenario where all is healthy']);
});

test('an empty mapping is a scenario without rules', () => {
  expect(scenarioOf('{}')).toMatchObject({
    seed: 1,
    auth: 'any',
    models: 'any',
    tokens: 'estimate',
    rules: [],
    replies: [],
  });
});

test('reads every key of a rule', () => {
  const [rule] = scenarioOf(`
rules:
  - name: everything
    match: { endpoint: chat.completions, method: POST, path: /v1/chat/completions, model: gpt-4o*, key: sk-*, stream: true,
             header: { X-Test: /a/ }, prompt: /weather/i, user: u?, tokens: ">8000", has_tools: false }
    attempts: 1..2
    first: 9
    after: 1
    every: 2
    times: 3
    probability: 0.5
    during: 10s..20s
    per: key
    fault: [ { latency: 2s }, server_error ]
`).rules;
  expect(rule).toMatchObject({
    match: {
      tokens: { from: 8_001, to: Number.POSITIVE_INFINITY },
      header: { 'X-Test': '/a/' },
    },
    attempts: { from: 1, to: 2 },
    during: [{ from: 10_000, to: 20_000 }],
    fault: [
      { name: 'latency', params: { kind: 'constant', ms: 2_000 } },
      { name: 'server_error', params: {} },
    ],
  });
});

test.each([
  ['attempts: 2', { from: 2, to: 2 }],
  ['attempts: 3..', { from: 3, to: Number.POSITIVE_INFINITY }],
  ['attempts: ..2', { from: 0, to: 2 }],
])('%s is a range', (line, range) => {
  expect(scenarioOf(`rules: [ { ${line}, fault: ok } ]`).rules[0]?.attempts).toEqual(range);
});

test('the message of the contract', () => {
  expect(problemsOf('rules:\n  - fault: latncy\n')).toEqual(['flaky.yaml:2:12 unknown fault "latncy". Did you mean "latency"?']);
});

test('reports all problems at once, in the order of the file, each at its place', () => {
  expect(
    problemsOf(`name: flaky
nmae: again
latency: { ttft: { p50: 10ms, p95: 5ms } }
rules:
  - name: a
    match: { endpont: chat.completions, model: 3, prompt: /we(ather/i, tokens: ">x" }
    attempts: 2..1
    fault: { lateny: 2s }
  - name: a
    probability: 1.5
    first: 0
    every: .nan
    fault: ok
    sequence: [ok, { hang: { fr: 30s } }, 5]
  - one_of: { ok: 1, hag: 2 }
    per: sesion
  - match: { endpoint: chat }
replies:
  - { content: x, echo: true, finish_reason: stopp }
limit: {}
`),
  ).toEqual([
    'flaky.yaml:2:1 unknown key "nmae". Did you mean "name"?',
    'flaky.yaml:3:18 latency.ttft: p50 must be above 0 and at most p95',
    'flaky.yaml:6:14 unknown key "endpont". Did you mean "endpoint"?',
    'flaky.yaml:6:48 rules[0].match.model: expected text, found 3',
    'flaky.yaml:6:59 rules[0].match.prompt: invalid regular expression /we(ather/i: missing closing ): `(?i)we(ather`',
    'flaky.yaml:6:80 rules[0].match.tokens: expected a count of tokens such as ">8000" or "100..200", found ">x"',
    'flaky.yaml:7:15 rules[0].attempts: expected a position within the call such as 2, 1..2 or 3.., found "2..1"',
    'flaky.yaml:8:14 unknown fault "lateny". Did you mean "latency"?',
    'flaky.yaml:9:11 rules[1].name: rules 1 and 2 have the same name; draws and counters go by it',
    'flaky.yaml:10:18 rules[1].probability: expected a number of at most 1, found 1.5',
    'flaky.yaml:11:12 rules[1].first: expected a number of at least 1, found 0',
    'flaky.yaml:12:12 rules[1].every: expected a number, found NaN',
    'flaky.yaml:14:5 rules[1].sequence: a rule has only one of fault, sequence and one_of; found fault and sequence',
    'flaky.yaml:14:30 unknown key "fr". Did you mean "for"?',
    'flaky.yaml:14:43 rules[1].sequence[2]: expected the name of a fault or a mapping or a list, found 5',
    'flaky.yaml:15:22 unknown fault "hag". Did you mean "hang"?',
    'flaky.yaml:16:10 rules[2].per: unknown value "sesion". Did you mean "session"?',
    'flaky.yaml:17:5 rules[3]: the rule does nothing: give it one of fault, sequence or one_of',
    'flaky.yaml:17:24 unknown endpoint "chat". Did you mean "chat.completions"?',
    'flaky.yaml:19:19 replies[0].echo: a reply has only one of content, echo, tokens, json, refusal, tool_call, tool_calls; found content and echo',
    'flaky.yaml:19:46 replies[0].finish_reason: unknown value "stopp". Did you mean "stop"?',
    'flaky.yaml:20:1 unknown key "limit". Did you mean "limits"?',
  ]);
});

test('two providers with one variable are refused, each by its name', () => {
  expect(
    problemsOf(`
providers:
  primary: {}
  eu-west_1: {}
  eu_west-1: { latency: { ttft: 1s } }
  eu-west-1: {}
`),
  ).toEqual([
    'flaky.yaml:5:3 providers.eu_west-1: eu-west_1 and eu_west-1 have the same variable, MOCK_OPENAI_EU_WEST_1_BASE_URL; give one of them another name',
    'flaky.yaml:6:3 providers.eu-west-1: eu-west_1 and eu-west-1 have the same variable, MOCK_OPENAI_EU_WEST_1_BASE_URL; give one of them another name',
  ]);
});

test('a name that a mapping does not take is told in words', () => {
  expect(
    problemsOf(`
providers:
  Big: {}
  default: {}
azure: { deployments: { my gpt: gpt-4o } }
`),
  ).toEqual([
    'flaky.yaml:3:3 providers.Big: expected a name of letters, digits, _ and -, in lower case, with a letter first, found "Big"',
    'flaky.yaml:4:3 providers.default: default is the service at /v1; give this one another name',
    'flaky.yaml:5:25 azure.deployments.my gpt: expected the name of a deployment of letters, digits, -, _ and ., at most 64 characters, found "my gpt"',
  ]);
});

test.each([
  ['a list at the top', '[]', 'flaky.yaml:1:1 expected a mapping, found a list'],
  ['an unclosed list', 'rules: [', /^flaky\.yaml:1:\d+ invalid YAML: /],
  ['an unclosed list in the place of a text', 'name: [', /^flaky\.yaml:1:8 invalid YAML: /],
  ['an unclosed mapping in the place of a text', 'name: {\n', /^flaky\.yaml:2:1 invalid YAML: /],
  ['a duplicate key', 'name: a\nname: b', 'flaky.yaml:2:1 key "name" is given twice'],
  ['an unknown tag', 'name: !!js/function x', /^flaky\.yaml:1:\d+ invalid YAML: Unresolved tag/],
  ['a number as a text', 'seed: "7"', 'flaky.yaml:1:7 seed: expected a number or random, found "7": write 7'],
  [
    'a text for a number or a word',
    'expect: { calls: some }',
    'flaky.yaml:1:18 expect.calls: expected a number or unique, found "some"',
  ],
  ['a word that is nearly right', 'seed: randm', 'flaky.yaml:1:7 seed: unknown value "randm". Did you mean "random"?'],
  ['an infinite number', 'seed: .inf', 'flaky.yaml:1:7 seed: expected a number or random, found Infinity'],
  [
    'a negative count',
    'rules: [ { times: -1, fault: ok } ]',
    'flaky.yaml:1:19 rules[0].times: expected a number of at least 1, found -1',
  ],
  [
    'repeat without a sequence',
    'rules: [ { fault: ok, repeat: true } ]',
    'flaky.yaml:1:23 rules[0].repeat: repeat goes with sequence',
  ],
  ['a second document', 'name: a\n---\nname: b\n', /invalid YAML/],
  ['lookahead', 'rules: [ { match: { prompt: /(?=a)/ }, fault: ok } ]', /RE2 has no lookahead, no lookbehind/],
  [
    'a share as a percentage',
    'rules: [ { probability: 10%, fault: ok } ]',
    /rules\[0\]\.probability: expected a number or a mapping, found "10%": write 0\.1$/,
  ],
  ['a number in quotes', 'rules: [ { first: "7", fault: ok } ]', /rules\[0\]\.first: expected a number, found "7": write 7$/],
  [
    'a mapping in the place of a list',
    'rules:\n  fault: ok\n',
    'flaky.yaml:2:3 rules: expected a list, found a mapping: begin each item of the list with "- "',
  ],
  ['unknown flags', 'rules: [ { match: { prompt: /a/g }, fault: ok } ]', /unknown flags "g"/],
])('refuses %s', (_what, text, message) => {
  const problems = problemsOf(text);
  expect(problems).toHaveLength(1);
  if (typeof message === 'string') expect(problems[0]).toBe(message);
  else expect(problems[0]).toMatch(message);
});

test('__proto__ is no key, wherever it stands', () => {
  expect(problemsOf('__proto__: { seed: 9 }')).toEqual(['flaky.yaml:1:1 __proto__: no key is called "__proto__"']);
  expect(problemsOf('rules: [ { match: { header: { __proto__: x } }, fault: ok } ]')).toEqual([
    'flaky.yaml:1:31 rules[0].match.header.__proto__: no key is called "__proto__"',
  ]);
  expect(({} as Record<string, unknown>)['seed']).toBeUndefined();
});

test('an object given by a program is checked the same way, by path', () => {
  const { problems = [] } = parseScenario({ file: 'scenario', data: { rules: [{ fault: { latncy: '2s' } }] } }, libraries);
  expect(problems.map(formatProblem)).toEqual([
    'scenario: rules[0].fault.latncy: unknown fault "latncy". Did you mean "latency"?',
  ]);
});

test('a cyclic object ends in a message', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic['rules'] = [cyclic];
  const { problems = [] } = parseScenario({ file: 'scenario', data: cyclic }, libraries);
  expect(problems[0]?.message).toBe('nested more than 64 levels deep');
});

test('one rule or a list of rules is read', () => {
  expect(parseRules({ file: 'rules', text: 'fault: ok' }, libraries).value).toHaveLength(1);
  expect(parseRules({ file: 'rules', text: '[{"fault":"ok"},{"fault":"hang"}]' }, libraries).value).toHaveLength(2);
  const { problems = [] } = parseRules({ file: 'rules', text: 'fault: okk' }, libraries);
  expect(problems.map(formatProblem)).toEqual(['rules:1:8 unknown fault "okk". Did you mean "ok"?']);
});

test('broken syntax and what comes before it are reported together', () => {
  expect(problemsOf('nmae: x\nrules:\n  - fault: latncy\nseed: a: b\nlatency: 5\n')).toEqual([
    'flaky.yaml:1:1 unknown key "nmae". Did you mean "name"?',
    'flaky.yaml:3:12 unknown fault "latncy". Did you mean "latency"?',
    'flaky.yaml:4:7 invalid YAML: a second "key: value" where one value was expected: the next line is indented too far, or a text with ": " lacks its quotes',
  ]);
});

test('a key given twice hides nothing else', () => {
  expect(problemsOf('name: a\nname: b\nrulez: []\nrules:\n  - fault: latncy\n')).toEqual([
    'flaky.yaml:2:1 key "name" is given twice',
    'flaky.yaml:3:1 unknown key "rulez". Did you mean "rules"?',
    'flaky.yaml:5:12 unknown fault "latncy". Did you mean "latency"?',
  ]);
});

test('of very many problems the first are reported, in the order of the file', () => {
  const problems = problemsOf(`nmae: x\n${Array.from({ length: 1_500 }, (_, i) => `k${i}: 1`).join('\n')}\n`);
  expect(problems).toHaveLength(1_001);
  expect(problems[0]).toBe('flaky.yaml:1:1 unknown key "nmae". Did you mean "name"?');
  expect(problems.at(-1)).toBe('flaky.yaml: and 501 more problems');
});

test.each([
  ['an error that is spoilt is no stream', 'rules: [ { match: { stream: true }, fault: [malformed_json, server_error] } ]'],
  ['embeddings never stream', 'rules: [ { match: { stream: true, endpoint: embeddings }, fault: truncated_body } ]'],
  ['either kind of request is spoken of', 'rules: [ { fault: truncated_body } ]'],
])('%s: a fault of whole answers is fine', (_why, text) => {
  expect(problemsOf(text)).toEqual([]);
});

test.each([
  ['a span without length', 'rules: [ { during: 5s..5s, fault: ok } ]', /expected a span of time/],
  [
    'a fault that never happens',
    'rules: [ { fault: [server_error, overloaded] } ]',
    /overloaded never happens: server_error before it ends the answer/,
  ],
  [
    'a fault behind a reset',
    'rules: [ { fault: [connection_reset, server_error] } ]',
    /server_error never happens: connection_reset before it ends the answer/,
  ],
  [
    'a fault of streams and one of whole answers together',
    'rules: [ { fault: [truncated_stream, truncated_body] } ]',
    /never happens: truncated_body changes only answers in one piece, truncated_stream only streams/,
  ],
  [
    'a fault of streams where nothing streams',
    'rules: [ { match: { stream: false }, sequence: [ok, stream_error] } ]',
    /stream_error never happens: the rule speaks of requests that do not stream/,
  ],
  [
    'a fault of other streams',
    'rules: [{ match: { endpoint: chat.completions }, fault: response_failed }]',
    /response_failed never happens: streams of chat.completions have no event of that kind \(failure\)/,
  ],
  [
    'a fault of the streams of chat',
    'rules: [{ match: { endpoint: responses }, fault: missing_finish_reason }]',
    /missing_finish_reason never happens: streams of responses have no event of that kind \(finish reason\)/,
  ],
  [
    'a fault of streams on an endpoint without any',
    'rules: [ { match: { endpoint: embeddings }, fault: [{ latency: 1s }, missing_done] } ]',
    /missing_done never happens: the rule speaks of requests to embeddings/,
  ],
  [
    'a fault of a WebSocket where there is none',
    'rules: [{ match: { endpoint: chat.completions }, fault: websocket_close }]',
    /websocket_close never happens: it means nothing to answers by HTTP/,
  ],
  [
    'a fault of bodies on a handshake',
    'rules: [{ match: { endpoint: responses.websocket }, fault: [slow_headers, slow_body] }]',
    /slow_headers, slow_body never happens: it means nothing to the handshake of a WebSocket/,
  ],
  [
    'a code that may not be sent',
    'rules: [{ match: { endpoint: responses }, fault: { websocket_close: { code: 1006 } } }]',
    /expected a code that may be sent: 1000 to 1003, 1007 to 1014, or 3000 to 4999/,
  ],
  [
    'a fault of whole answers where all stream',
    'rules: [ { match: { stream: true }, sequence: [ok, [{ latency: 1s }, malformed_json]] } ]',
    /^flaky\.yaml:1:\d+ rules\[0\]\.sequence\[1\]\[1\]: malformed_json changes only answers in one piece: the rule speaks of requests that stream/,
  ],
  [
    'a choice of whole answers where all stream',
    'rules: [ { match: { stream: true, endpoint: completions }, one_of: { truncated_body: 1, ok: 2 } } ]',
    /truncated_body changes only answers in one piece: the rule speaks of requests that stream/,
  ],
  [
    'a parameter of a fault that takes none',
    'rules: [ { fault: { split_utf8: { at: 1 } } } ]',
    /unknown key "at". It takes none\.$/,
  ],
  ['a path without its slash', 'rules: [ { match: { path: v1/models }, fault: ok } ]', /Did you mean \/v1\/models\?/],
  [
    'a duration that is too long',
    'latency: { ttft: 30d }',
    /"30d" is too long: expected a duration of at most 24d20h31m23.647s$/,
  ],
  [
    'a duration that is too long for a fault',
    'rules: [ { fault: { latency: { min: 1s, max: 99d } } } ]',
    /"99d" is too long: expected a duration of at most 24d/,
  ],
  ['half a distribution', 'latency: { ttft: { min: 5s } }', /missing key "max": expected a duration/],
])('refuses %s', (_what, text, message) => {
  expect(problemsOf(text)).toEqual([expect.stringMatching(message)]);
});

test.each([
  [
    'a regular expression',
    { rules: [{ match: { model: /gpt/ }, fault: 'ok' }] },
    "rules[0].match.model: expected plain data, found a RegExp; write it as text: '/gpt/'",
  ],
  ['a map', new Map(), 'expected plain data, found a Map'],
])('refuses %s in a scenario of a program', (_what, data, message) => {
  const { problems = [] } = parseScenario({ file: 'scenario', data }, libraries);
  expect(problems.map(formatProblem)).toEqual([`scenario: ${message}`]);
});

test.each([
  ['101MiB', 'expected at most 100MiB'],
  ['20MB', 'expected a size such as 100B, 64KiB or 1MiB, found "20MB"'],
  [0, 'expected a size such as 100B, 64KiB or 1MiB, found 0'],
])('a max_body of %s is refused', (size, message) => {
  const { problems = [] } = parseScenario({ file: 'test', text: `max_body: ${size}` }, libraries);
  expect(problems.map((problem) => problem.message)).toEqual([message]);
});

test.each([
  ['as the list of keys', 'auth: { keys: sk-secret-AAAABBBBCCCCDDDD }', 'expected a list, found "sk-secre**************DDDD"'],
  ['in the place of a word', 'auth: sk-secret-AAAABBBBCCCCDDDD', 'unknown value "sk-secre**************DDDD". Known: any, none.'],
  ['that is a number', 'auth: { keys: [1234567] }', 'expected text, found "*******"'],
  [
    'beside the list of keys',
    'auth: { keys: [a], sk-secret-AAAABBBBCCCCDDDD: 1 }',
    'unknown key "sk-secre**************DDDD". Known: keys.',
  ],
])('an API key %s is not told whole', (_what, text, message) => {
  const { problems = [] } = parseScenario({ file: 'test', text }, libraries);
  expect(problems.map((problem) => problem.message)).toEqual([message]);
});

test('a misspelt word for auth is told as it is', () => {
  const { problems = [] } = parseScenario({ file: 'test', text: 'auth: noen' }, libraries);
  expect(problems.map(({ message }) => message)).toEqual(['unknown value "noen". Did you mean "none"?']);
});

test('counts that are none are not compared', () => {
  const text = 'rules: [{ first: -2, every: 0, fault: ok }, { first: 0, after: 1.5, fault: ok }]';
  const { problems = [] } = parseScenario({ file: 'test', text }, libraries);
  expect(problems.map(({ message }) => message).filter((message) => !message.startsWith('expected '))).toEqual([]);
  expect(problems).toHaveLength(4);
});

test.each(['0', '0..1', '..0', '2..1'])('no attempt of a call is at %s', (attempts) => {
  const { problems = [] } = parseScenario({ file: 'test', text: `rules: [{ attempts: ${attempts}, fault: ok }]` }, libraries);
  expect(problems.map(({ message }) => message)).toEqual([expect.stringMatching(/^expected a position within the call/)]);
});

test.each([
  [
    'less than the item',
    'rules:\n- name: a\n fault: overloaded\n',
    '3:1 invalid YAML: this line belongs to no item of the list above',
  ],
  [
    'like the dash of its item',
    'rules:\n  - name: a\n  fault: overloaded\n',
    '3:1 invalid YAML: this line is indented unlike the keys above it',
  ],
  [
    'more than the item',
    'rules:\n  - name: a\n     fault: overloaded\n',
    '2:11 invalid YAML: a second "key: value" where one value was expected',
  ],
  [
    'unlike other items',
    'rules:\n  - fault: ok\n- fault: ok\n',
    '3:1 invalid YAML: this item of a list is indented unlike the items above it',
  ],
])('a line that is indented %s is one problem, told in words', (_how, text, beginning) => {
  const problems = problemsOf(text);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(new RegExp(`^flaky\\.yaml:${beginning}`));
});

test('a rule that does nothing before the last one is told of, broken syntax behind it or not', () => {
  expect(problemsOf('rules:\n  - name: a\n  - name: b\n  fault: ok\n')).toEqual([
    'flaky.yaml:2:5 rules[0]: the rule does nothing: give it one of fault, sequence or one_of',
    expect.stringContaining('flaky.yaml:4:1 invalid YAML'),
  ]);
});
