import { expect, test } from 'vitest';
import { formatProblem } from '../../../src/core/problem.ts';
import { parsePolicy, parseScenario } from '../../../src/core/scenario/parse.ts';
import { libraries } from '../../../src/libraries.ts';

const GOOD = `preset: strict-sre
max_attempts: 4
max_delay: 30s
max_elapsed: 2m
max_honoured_retry_after: 1m
retries: [429, 503, transport]
never_retries: [400, insufficient_quota]
jitter: false
rules: { never_early: warn }
`;

const WRONG = `preset: openai-gide
max_attempts: 0
max_delay: 30
retries: [200, transprt]
jitter: maybe
rules:
  never_erly: off
  never_early: warning
max_retries: 3
`;

/** `line:column path: message`, a line each; the path, if any, within the policy. */
const MESSAGES = [
  '1:9 preset: unknown value "openai-gide". Did you mean "openai-guide"?',
  '2:15 max_attempts: expected a number of at least 1, found 0',
  '3:12 max_delay: expected a duration such as 250ms, 2s or 1m30s, found 30',
  '4:11 retries[0]: expected a number of at least 400, found 200',
  '4:16 retries[1]: unknown value "transprt". Did you mean "transport"?',
  '5:9 jitter: expected true or false, found "maybe"',
  '7:3 unknown rule "never_erly". Did you mean "never_early"?',
  '8:16 rules.never_early: unknown value "warning". Known: off, info, warn, fail.',
  '9:1 unknown key "max_retries". Did you mean "retries"?',
];

test('reads a policy, of YAML or of JSON', () => {
  const { value, problems } = parsePolicy({ file: 'p.yaml', text: GOOD });
  expect(problems).toBeUndefined();
  expect(value).toMatchObject({ preset: 'strict-sre', max_delay: 30_000, retries: [429, 503, 'transport'], jitter: false });
  const json = '{ "$schema": "./policy.schema.json", "max_attempts": 2 }';
  expect(parsePolicy({ file: 'p.json', text: json }).value).toEqual({ max_attempts: 2 });
  expect(parsePolicy({ file: 'p.yaml', text: '{}' }).value).toEqual({});
});

test('reports every problem of a policy file at its place', () => {
  const { problems = [] } = parsePolicy({ file: 'p.yaml', text: WRONG });
  expect(problems.map(formatProblem)).toEqual(MESSAGES.map((message) => `p.yaml:${message}`));
});

test('says the same of expect: in a scenario', () => {
  const indented = WRONG.split('\n').map((line) => (line === '' ? '' : `  ${line}`));
  const { problems = [] } = parseScenario({ file: 's.yaml', text: `expect:\n${indented.join('\n')}` }, libraries);
  const shifted = MESSAGES.map((message) =>
    message
      .replace(/^(\d+):(\d+)/, (_place, line, column) => `s.yaml:${Number(line) + 1}:${Number(column) + 2}`)
      .replace(/ ([a-z_.[\]\d]+: (?:expected|unknown))/, ' expect.$1'),
  );
  expect(problems.map(formatProblem)).toEqual(shifted);
});

test.each([
  ['an empty file', '# nothing\n', 'p.yaml:1:1 the file is empty: write {} for the default policy'],
  ['a list', '- 1\n', 'p.yaml:1:1 expected a mapping, found a list'],
  ['two documents', 'jitter: true\n---\njitter: false\n', 'invalid YAML: expected one document, found a second one'],
])('refuses %s', (_what, text, message) => {
  const { problems = [] } = parsePolicy({ file: 'p.yaml', text });
  expect(problems.map(formatProblem).join('\n')).toContain(message);
});

test.each([
  ['server_eror', 'unknown error code or type "server_eror". Did you mean "server_error"?'],
  ['transport', 'transport goes into retries only: never_retries takes statuses, and codes and types of errors'],
  [
    'overloaded',
    'overloaded is the name of a fault. Give its status 503, or what its error says: server_is_overloaded, service_unavailable_error.',
  ],
  ['"429"', 'expected a status as a number, found the text "429": write 429'],
  ['gateway_timeout', 'gateway_timeout is the name of a fault. Give its status 504.'],
])('never_retries refuses %s, which no error carries', (word, message) => {
  const { problems = [] } = parsePolicy({ file: 'p.yaml', text: `never_retries: [409, ${word}]\n` });
  expect(problems.map(({ line, column, message }) => ({ line, column, message }))).toEqual([{ line: 1, column: 22, message }]);
});

test('never_retries takes words that are none of OpenAI: a service behind a gateway has its own', () => {
  expect(parsePolicy({ file: 'p.yaml', text: 'never_retries: [out_of_stock]\n' }).problems).toBeUndefined();
});

test('never_retries knows what http_error is made to say, in the same scenario', () => {
  const data = {
    rules: [{ one_of: [{ fault: ['ok', { http_error: { status: 500, type: 'server_errors', code: 'slow_downs' } }] }] }],
    expect: { never_retries: ['slow_downs', 'server_errors'] },
  };
  expect(parseScenario({ file: 's', data }, libraries).problems).toBeUndefined();
  expect(parseScenario({ file: 's', data: { ...data, rules: [] } }, libraries).problems).toHaveLength(2);
});

test('what is to be retried and not is refused where it stands the second time', () => {
  const text = 'retries: [429, 401]\nnever_retries: [insufficient_quota, 401]\n';
  const message = '401 is in retries too: a client cannot both retry it and not';
  expect(parsePolicy({ file: 'p.yaml', text }).problems?.map(formatProblem)).toEqual([
    `p.yaml:2:37 never_retries[1]: ${message}`,
  ]);
  const data = { expect: { retries: [401], never_retries: [401] } };
  expect(parseScenario({ file: 's', data }, libraries).problems?.map(formatProblem)).toEqual([
    `s: expect.never_retries[0]: ${message}`,
  ]);
});
