import { expect, test } from 'vitest';
import { formatProblem } from '../../../src/core/problem.ts';
import { parseScenario } from '../../../src/core/scenario/parse.ts';
import { libraries } from '../../../src/libraries.ts';

const problemsOf = (data: object) =>
  (parseScenario({ file: 's', data }, libraries).problems ?? []).map((problem) => formatProblem(problem));

const ALONE = 'server_down takes down the whole server: its rule has `during`, and beside it nothing but a name';

test.each([
  [{ fault: 'server_down' }, ['rules[0]: server_down needs a span: give the rule `during`, such as during: 10s..20s']],
  [{ during: '1s..2s', match: { model: 'a' }, fault: 'server_down' }, [`rules[0].match: ${ALONE}`]],
  [{ during: '1s..2s', probability: 0.5, fault: 'server_down' }, [`rules[0].probability: ${ALONE}`]],
  [{ during: '1s..2s', times: 2, per: 'key', fault: 'server_down' }, [`rules[0].times: ${ALONE}`, `rules[0].per: ${ALONE}`]],
  [
    { during: '1s..2s', fault: [{ latency: '1s' }, 'server_down'] },
    ['rules[0].fault: server_down stands alone: nothing is answered by a server that is down'],
  ],
  [{ during: '1s..2s', sequence: ['ok', 'server_down'] }, [`rules[0].sequence: ${ALONE}`]],
])('%j is refused', (rule, problems) => {
  expect(problemsOf({ rules: [rule] })).toEqual(problems.map((text) => expect.stringContaining(text)));
});

test.each([
  { name: 'deploy', during: '1s..2s', fault: 'server_down' },
  { during: ['1s..2s', { from: '5s', every: '10s', for: '1s' }], fault: 'server_down' },
])('%j is taken', (rule) => {
  expect(problemsOf({ rules: [rule] })).toEqual([]);
});

test('a provider has no server of its own', () => {
  const rules = [{ during: '1s..2s', fault: 'server_down' }];
  expect(problemsOf({ providers: { backup: { rules } } })).toEqual([
    expect.stringContaining('providers.backup.rules[0].fault: server_down takes down the whole server'),
  ]);
});
