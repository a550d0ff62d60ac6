import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { backoffRules } from '../../src/core/backoff/registry.ts';
import { faults } from '../../src/core/faults/registry.ts';
import { loadReportOf } from '../../src/core/load/load-report.ts';
import { renderJson } from '../../src/core/report/json.ts';
import { bundledScenarios } from '../../src/scenario-files/load-scenario.ts';
import { loadRun } from '../support/load/load-run.ts';
import { runCli } from '../support/run-cli.ts';
import { runInProcess } from '../support/run-in-process.ts';
import { naiveRun } from '../support/runs.ts';
import { tempFolder } from '../support/temp-folder.ts';

const FILES = {
  'good.yaml': 'seed: 3\nrules:\n  - { name: twice, attempts: 1..2, fault: server_error }\n  - { every: 2, fault: hang }\n',
  'bad.yaml': 'rules:\n  - fault: latncy\n',
  'worse.yaml': 'rules: 5\n',
};

test('check says that a scenario is good', async () => {
  expect(await runCli(['check', 'good.yaml', 'flaky'], tempFolder(FILES))).toEqual({
    code: 0,
    stdout: 'good.yaml: ok, 2 rules\nflaky: ok, 3 rules\n',
    stderr: '',
  });
});

const NO_EFFECT = 'rules:\n  - fault: overloaded\n  - fault: rate_limit\n';
const WARNING = 'dead.yaml:3:5 warning: rules[1]: never strikes: rule 1 above it strikes every request that it matches\n';

test.each([
  [[], 0],
  [['--strict'], 2],
])('check %j warns of a rule that can never strike, and ends with %i', async (flags, code) => {
  const cwd = tempFolder({ 'dead.yaml': NO_EFFECT, 'good.yaml': 'rules: [ { fault: ok } ]\n' });
  expect(await runInProcess(['check', ...flags, 'dead.yaml', 'good.yaml'], cwd)).toEqual({
    code,
    stdout: 'dead.yaml: ok, 2 rules, 1 warning\ngood.yaml: ok, 1 rule\n',
    stderr: WARNING,
  });
});

test('run tells what has no effect before it starts', async () => {
  const cwd = tempFolder({ 'dead.yaml': NO_EFFECT });
  const { stderr } = await runCli(['run', '--scenario', 'dead.yaml', '--', process.execPath, '-e', '0'], cwd);
  expect(stderr).toContain(WARNING);
});

test('check --strict has nothing against the bundled scenarios', async () => {
  expect(await runInProcess(['check', '--strict', ...bundledScenarios()])).toMatchObject({ code: 0, stderr: '' });
});

test.each([
  ['check', ['check', 'bad.yaml']],
  ['serve', ['--port', '0', '--scenario', 'bad.yaml']],
  ['run', ['run', '--scenario', 'bad.yaml', '--', 'node']],
  ['explain', ['explain', 'bad.yaml']],
  ['a policy', ['run', '--policy', 'bad.yaml', '--', 'node']],
])('in the log of a CI run %s shows the line of a problem', async (what, args) => {
  const key = what === 'a policy' ? 'max_delay' : 'max_body';
  const cwd = tempFolder({ 'bad.yaml': `# a file\n${key}: soon\n` });
  const { code, stderr } = await runInProcess(args, cwd, { CI: 'true' });
  expect(code).toBe(2);
  expect(stderr).toMatch(
    new RegExp(
      `^bad\\.yaml:2:${key.length + 3} ${key}: expected .*found "soon"\\n {2}${key}: soon\\n {${key.length + 4}}\\^\\n$`,
    ),
  );
});

test('check reports the problems of all files, and what is good', async () => {
  expect(await runCli(['check', 'bad.yaml', 'good.yaml', 'worse.yaml', 'missing.yaml'], tempFolder(FILES))).toEqual({
    code: 2,
    stdout: 'good.yaml: ok, 2 rules\n',
    stderr:
      'bad.yaml:2:12 unknown fault "latncy". Did you mean "latency"?\n' +
      'worse.yaml:1:8 rules: expected a list, found 5\n' +
      'missing.yaml: cannot read the scenario: there is no such file\n',
  });
});

test.each([
  ['', 'scenario: it is empty: give a file, or the name of a bundled one'],
  ['.', '.: it is a folder; a scenario is a file'],
  ['folder.yaml', 'folder.yaml: cannot read the scenario: it is a folder'],
  [process.execPath, `${process.execPath}: cannot read the scenario: the file is `],
  ['nul.yaml', 'nul.yaml: cannot read the scenario: it is no text in UTF-8'],
])('check of "%s" is one message', async (given, message) => {
  const { code, stderr } = await runInProcess(['check', given], tempFolder({ 'folder.yaml/a': '', 'nul.yaml': 'name: \0\n' }));
  expect({ code, lines: stderr.split('\n').length }).toEqual({ code: 2, lines: 2 });
  expect(stderr).toContain(message);
});

test('every bundled scenario is good', async () => {
  expect((await runInProcess(['check', ...bundledScenarios()], tempFolder(FILES))).code).toBe(0);
});

test('explain says the scenario in words and plays the first requests through', async () => {
  const { code, stdout, stderr } = await runInProcess(['explain', 'good.yaml', '--requests', '4'], tempFolder(FILES));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe(`good, seed 3

The first rule that fires decides:
  1. twice: every request, attempts 1 to 2 of a call: server_error (500)
  2. every request, only every 2nd: hang (depends on the order of arrival)
  Of equal requests in parallel that no name tells apart, which one counts as the second attempt depends on their arrival.

The first requests, played through: chat completions, every other call streaming, one request a second,
each failed call retried twice as the official SDKs do:

request  call  attempt  outcome  fault         rule
1        1     1        500      server_error  twice
2        1     2        500      server_error  twice
3        1     3        200
4        2     1        500      server_error  twice
`);
});

test('explain says with which parameters faults strike', async () => {
  const cwd = tempFolder({
    'rules.yaml': `rules:
  - first: 1
    fault: [{ latency: 1500ms }, { rate_limit: { limit: tokens, retry_after: 2s } }]
  - sequence: [{ hang: { for: 30s } }, ok, { http_error: { status: 418, headers: { x-tea: "yes: no", x-old: null } } }]
  - one_of: [{ fault: { stream_error: { message: "${'no '.repeat(50)}" } } }, { fault: [{ server_error: {} }], weight: 3 }]
  - one_of: { overloaded: 1, bad_gateway: 1 }
  - fault: { missing_scopes: { scopes: [model.read, "a, b"] } }
`,
  });
  const { stdout } = await runInProcess(['explain', 'rules.yaml', '--requests', '0'], cwd);
  const rules = stdout.split('\n').filter((line) => /^ +\d\./.test(line));
  expect(rules.map((line) => line.replace(/^.*?: | \(depends.*$/g, ''))).toEqual([
    'latency 1500ms, then rate_limit (429) { limit: tokens, retry_after: 2s }',
    'in sequence 1. hang { for: 30s }  2. ok  3. http_error (418) { status: 418, headers: { x-tea: "yes: no", x-old: null } }  then no more',
    `one of stream_error { message: "${'no '.repeat(19)}..." } 25 %, server_error (500) 75 %`,
    'one of bad_gateway (502) 50 %, overloaded (503) 50 %',
    'missing_scopes (401) { scopes: [model.read, "a, b"] }',
  ]);
});

test('explain says the limits in words and plays them through', async () => {
  const cwd = tempFolder({ 'limited.yaml': 'limits: { gpt-4o: { rpm: 1, tpm: 30000 }, "*": tier-1 }\n' });
  const { stdout } = await runInProcess(['explain', 'limited.yaml', '--requests', '2'], cwd);
  expect(stdout).toContain(`
Limits, a set of buckets for each API key and model family; the first that fits the model:
  gpt-4o: 1 request per minute, 30,000 tokens per minute
  *: tier 1 as published

No rules: every request that the limits admit is healthy.
`);
  expect(stdout).toMatch(/\n2 +2 +1 +429 rate_limit_exceeded/);
});

const MOVING = `name: "moves \\e[31m"
clock: start
auth: { keys: [sk-secret-0123456789] }
models: [{ id: gpt-4o, context_window: 8000 }, o3]
validation: lenient
max_body: 64KiB
tokens: exact
compression: true
cors: false
record: { bodies: 64KiB, headers: true }
latency: { ttft: { from: 200ms, to: 3s, over: 5m }, inter_token: { p50: 10ms, p95: 20ms } }
azure: { deployments: { mine: gpt-4o }, content_filter: { hate: low } }
limits:
  keys: { "sk-batch*": { "*": { rpm: 10 } }, sk-secret-0123456789: { "*": { rpd: 5 } } }
  gpt-4o: { rpm: 500, in_flight: 8, window: fixed }
  changes: [{ at: 30s, gpt-4o: { rpm: { from: 500, to: 100, over: 1m } } }]
unmatched_reply: error
replies:
  - match: { prompt: /weather/i, turn: 1 }
    tool_call: { name: get_weather, arguments: { city: Paris } }
  - { match: { turn: 2.. }, content: "It rains.", finish_reason: length, reasoning_tokens: 30 }
rules:
  - { match: { header: { authorization: Bearer sk-secret-0123456789, x-a: b* } }, during: 0s..10s, fault: { rate_limit: { retry_after: until_end } } }
  - { during: [1s..2s, { every: 30s, for: 5s }], probability: { from: 0, to: 0.5, over: 3s }, fault: overloaded }
  - { bursts: { on: 5s, off: 25s }, after: 1, first: 3, fault: hang }
  - { after: 1, first: 2, fault: hang }
expect: { max_attempts: 4 }
`;

test('explain says all of a scenario in words, and no key', async () => {
  const { stdout } = await runInProcess(['explain', 'm.yaml', '--requests', '0'], tempFolder({ 'm.yaml': MOVING }));
  expect(stdout).toBe(`moves \\u{1b}[31m, seed 1

1 API key is good; any other is refused with 401.
These models exist: gpt-4o (a context of 8,000 tokens), o3; any other is refused with 404.
Requests are checked leniently: fields that OpenAI does not know pass.
A body above 64KiB is refused with 413.
Tokens are counted with o200k_base.
The first token comes after 200ms, which becomes 3s within 5m.
Between tokens pass 10ms (half of all) to 20ms (95 %) and more.
Answers come in br or gzip to clients that accept it.
Pages of other origins cannot use it: no answer has a CORS header.
The journal keeps bodies up to 64KiB and header fields, sent and answered, without credentials.
On Azure these deployments exist: mine (gpt-4o); any other is refused with 404.
On Azure it is in East US.
On Azure the filters find hate low.
Time counts from the start of the mock, and from each reset again.

What healthy answers say, the first that matches:
  1. requests whose prompt is like /weather/i and for turn 1: calls get_weather { city: Paris }
  2. requests for turn 2 and more: says "It rains.", after 30 tokens of reasoning, ends with length
  Any other request is refused with 400 unmatched_reply.

Limits, a set of buckets for each API key and model family; the first that fits the model:
  * with a key like sk-batch*: 10 requests per minute
  * with a certain key: 5 requests per day
  gpt-4o: 500 requests per minute, 8 requests at once; from 30s on 500 to 100 requests per minute within 1m; in fixed windows

The first rule that fires decides:
  1. requests with a certain authorization and whose header x-a is like b*, from 0s to 10s after the start: rate_limit (429) { retry_after: until_end }
  2. every request, from 1s to 2s and every 30s for 5s after the start, with a probability that goes from 0 to 0.5 in 3s, anew in each span: overloaded (503)
  3. every request, in bursts of 5s with 25s between them on average, only the 2nd to the 3rd: hang (depends on the order of arrival)
  4. every request, only the 2nd: hang (depends on the order of arrival)

Expected of the client: { max_attempts: 4 }
`);
});

test('explain --chart draws the first five minutes, of each provider its own', async () => {
  const { stdout } = await runInProcess(['explain', 'm.yaml', '--chart'], tempFolder({ 'm.yaml': MOVING }), {
    LC_ALL: 'C.UTF-8',
  });
  const lines = stdout.split('\n');
  expect(lines.slice(0, 4)).toEqual(['moves \\u{1b}[31m, seed 1', '', 'The first 5 minutes after the start:', '']);
  expect(lines.slice(4).map((line) => line.split(/ {2,}/)[0])).toEqual([
    ...['rule 1', 'rule 2', 'rule 3', 'rule 4', 'gpt-4o rpm', 'ttft', ''],
    '█ all that it speaks of, or the largest value; ▁ to ▇ a part; · none',
    '',
  ]);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  const ascii = await runInProcess(['explain', 'failover', '--chart'], undefined, { LC_ALL: 'C' });
  expect(ascii.stdout).toMatch(
    /\n\nProvider primary\. The first 5 minutes after the first call:\n\n[\x20-\x7e]+#+\.+\n +0s .* 5m\n/,
  );
  const still = await runInProcess(['explain', 'healthy', '--chart']);
  expect(still.stdout).toMatch(/^healthy, seed 1\n.*\n\nNothing in it changes with time:/);
});

test('explain --json gives words, courses and requests to programs', async () => {
  const cwd = tempFolder({ 'm.yaml': MOVING });
  const { code, stdout } = await runInProcess(['explain', 'm.yaml', '--json', '--chart', '--requests', '2'], cwd);
  expect(code).toBe(0);
  const { services, ...rest } = JSON.parse(stdout) as { services: Record<string, unknown[]>[] };
  expect(rest).toEqual({ name: 'moves \u001b[31m', seed: 1, description: null, chartedMs: 300_000 });
  expect(services).toHaveLength(1);
  const [service = {}] = services;
  expect(service).toMatchObject({ provider: null, clock: 'start' });
  expect(service['rules']).toHaveLength(4);
  expect(service['courses']?.[0]).toMatchObject({
    kind: 'rule',
    name: 'rule 1',
    pieces: [{ from: 0, to: 10_000, begins: 1, ends: 1 }],
  });
  expect(service['requests']).toHaveLength(2);
  expect(stdout).not.toContain('sk-secret-0123456789');
});

test('explain has no connection while the server is down, and goes on with what comes after', async () => {
  const rules = '[{ name: gone, during: 1s..3s, fault: server_down }, { after: 2, first: 3, fault: overloaded }]';
  const { stdout } = await runInProcess(
    ['explain', 'gone.yaml', '--requests', '6'],
    tempFolder({ 'gone.yaml': `rules: ${rules}` }),
  );
  const rows = stdout.split('\n').filter((line) => /^\d/.test(line));
  expect(rows.map((row) => row.split(/ {2,}/).slice(1).join(' · '))).toEqual([
    '1 · 1 · 200',
    '2 · 1 · connection refused · server_down · gone',
    '2 · 2 · connection refused · server_down · gone',
    '2 · 3 · 200',
    '3 · 1 · 503 server_is_overloaded · overloaded · rules[1]',
    '3 · 2 · 200',
  ]);
});

test('explain says how far an answer gets, and retries none of which the head has come', async () => {
  const sequence = '[hang, { connection_reset: { at: headers } }, { truncated_body: { end: close } }, connection_reset]';
  const cwd = tempFolder({ 'cut.yaml': `rules: [{ sequence: ${sequence} }]\n` });
  const { stdout } = await runInProcess(['explain', 'cut.yaml', '--requests', '6'], cwd);
  const rows = stdout.split('\n').filter((line) => /^\d/.test(line));
  expect(rows.map((row) => row.split(/ {2,}/).slice(1, 4).join(' · '))).toEqual([
    '1 · 1 · silence',
    '1 · 2 · 200, then reset',
    '2 · 1 · 200',
    '3 · 1 · 200, then closed',
    '4 · 1 · reset',
    '4 · 2 · 200',
  ]);
});

test.each(bundledScenarios())('explain plays %s through', async (name) => {
  const { code, stdout } = await runInProcess(['explain', name]);
  expect(code).toBe(0);
  expect(stdout.trimEnd().split('\n').length).toBeGreaterThan(20);
});

test('faults lists the catalogue, for people and for machines', async () => {
  const { stdout } = await runInProcess(['faults']);
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ', 1)[0]),
  ).toEqual(faults.map(({ name }) => name));
  const rows = JSON.parse((await runCli(['faults', '--json'])).stdout);
  expect(rows.find(({ name }: { name: string }) => name === 'rate_limit')).toMatchObject({
    status: 429,
    kind: 'error',
    strikes: 'api',
    parameters: { type: 'object', properties: { retry_after: {}, limit: {} } },
  });
});

test('faults NAME tells everything about one: parameters with types and defaults, an example, sources', async () => {
  const { code, stdout } = await runInProcess(['faults', 'insufficient_quota']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^insufficient_quota {2}429, error\n/);
  expect(stdout).toMatch(/^ {2}code +credit_balance_exhausted \| organization_spend_limit_exceeded/m);
  expect(stdout).toMatch(/^ {2}era +2025 \| 2026 \(default 2026\)\n +2025 gives the wording/m);
  expect(stdout).toMatch(/^Example:\n {2}rules:\n {4}- fault:\n {8}insufficient_quota:\n/m);
  expect(stdout).toContain('https://help.openai.com/en/articles/5955604');
  const one = JSON.parse((await runInProcess(['faults', 'insufficient_quota', '--json'])).stdout);
  expect(one).toMatchObject({ name: 'insufficient_quota', parameters: { properties: { code: {}, era: { default: 2026 } } } });
  expect(one.example.fault.insufficient_quota).toBeTypeOf('object');
});

test('rules NAME tells everything about one: what is measured, how it is provoked, what to do', async () => {
  const { code, stdout } = await runInProcess(['rules', 'never_early']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^never_early {2}critical, deterministic\n/);
  for (const text of ['measures', 'false alarms', 'advice', 'retry_after: 2s', 'https://www.rfc-editor.org/rfc/rfc9110'])
    expect(stdout).toContain(text);
  const one = JSON.parse((await runInProcess(['rules', 'never_early', '--json'])).stdout);
  expect(one).toMatchObject({ id: 'never_early', probe: { name: 'never-early' } });
});

test('scenarios NAME tells everything about one', async () => {
  const { code, stdout } = await runInProcess(['scenarios', 'flaky']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^flaky\nProves that .+\nOpenAI on a bad day/);
  expect(stdout).toContain('probability: 0.25');
  const one = JSON.parse((await runInProcess(['scenarios', 'flaky', '--json'])).stdout);
  expect(one).toMatchObject({ name: 'flaky', scenario: { seed: 7 }, text: expect.stringContaining('probability: 0.25') });
});

test.each([
  ['faults', 'rate_limt', 'unknown fault "rate_limt". Did you mean "rate_limit"?'],
  ['rules', 'never_erly', 'unknown rule "never_erly". Did you mean "never_early"?'],
  ['scenarios', 'falky', 'unknown scenario "falky". Did you mean "flaky"?'],
  ['faults', 'zzzzzzzzzzzz', 'unknown fault "zzzzzzzzzzzz". mock-openai faults lists them.'],
])('%s %s is a usage error that names what was meant', async (command, name, message) => {
  expect(await runInProcess([command, name])).toEqual({ code: 2, stdout: '', stderr: `error: ${message}\n` });
});

test('nothing that the catalogues say cites a file that does not ship', async () => {
  const printed = await Promise.all(['faults', 'rules', 'scenarios'].map((name) => runInProcess([name, '--json'])));
  for (const { stdout } of printed) expect(stdout).not.toMatch(/\b(?:backoff|wire|trust)\.md/);
});

test('scenarios of the folder scenarios/ have a name, and hide no bundled one but of the same name', async () => {
  const mine = {
    'scenarios/mine.yaml': 'name: mine\nrules: [{ fault: hang }]\n',
    'scenarios/slow.yml': 'name: my slow\nrules: []\n',
    'scenarios/folder.yaml/notes.txt': '',
  };
  const cwd = tempFolder(mine);
  const { stdout } = await runInProcess(['check', 'mine', 'slow', 'flaky'], cwd);
  expect(stdout).toBe('mine: ok, 1 rule\nslow: ok, 0 rules\nflaky: ok, 3 rules\n');
  const rows: { name: string }[] = JSON.parse((await runInProcess(['scenarios', '--json'], cwd)).stdout);
  expect(rows.map(({ name }) => name)).toEqual([...bundledScenarios(), 'mine'].sort());
  expect((await runInProcess(['check', 'mien'], cwd)).stderr).toContain('Did you mean "mine"?');
  expect((await runInProcess(['check', 'zzzzzzzzz'], cwd)).stderr).toMatch(
    / In scenarios\/: mine, slow\. Bundled: bad-certificate, bad-key, /,
  );
});

test('scenarios lists what is bundled and what each proves', async () => {
  const rows = JSON.parse((await runInProcess(['scenarios', '--json'])).stdout);
  expect(rows.map(({ name }: { name: string }) => name)).toEqual(bundledScenarios());
  for (const { proves } of rows) expect(proves).toMatch(/^(Proves that|Shows whether) .+\.$/);
  expect((await runInProcess(['scenarios'])).stdout).toContain('flaky');
});

test.each([[['--help']], [['serve', '--help']], [['check', '--help']]])('%j is help on stdout, exit code 0', async (args) => {
  const { code, stdout, stderr } = await runInProcess(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('Usage: mock-openai');
});

test('--version prints the version of the package', async () => {
  expect(await runCli(['--version'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  });
});

test('check without a file is a usage error', async () => {
  const { code, stderr } = await runInProcess(['check']);
  expect(code).toBe(2);
  expect(stderr).toContain("missing required argument 'file'");
});

test.each(['probe', 'load'])('%s with a client that stands by itself says how one is given', async (command) => {
  const { code, stderr } = await runInProcess([command, 'client.mjs']);
  expect(code).toBe(2);
  expect(stderr).toContain('A client is given by --client or --command.');
});

test('rules lists the catalogue, and as JSON with sources and bounds', async () => {
  const { code, stdout } = await runInProcess(['rules']);
  expect(code).toBe(0);
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ')[0]),
  ).toEqual(backoffRules.map(({ id }) => id));
  const [rule] = JSON.parse((await runInProcess(['rules', '--json'])).stdout);
  expect(rule).toMatchObject({ source: expect.any(String), measures: expect.any(String), falseAlarmBound: expect.any(Number) });
});

test('compare puts the reports of loads side by side, in a table and on a page', async () => {
  const report = renderJson({ ...naiveRun(), load: loadReportOf(loadRun()) });
  const cwd = tempFolder({ 'naive/report.json': report, 'patient/report.json': report });
  const files = ['naive/report.json', 'patient/report.json'];
  const { code, stdout, stderr } = await runInProcess(['compare', ...files, '--report', 'fleets.html'], cwd);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^naive {2}[\s\S]*^patient {2}/m);
  expect(readFileSync(join(cwd, 'fleets.html'), 'utf8').match(/<svg /g)).toHaveLength(2);
});

test.each([
  ['nope.json', 'there is no such file'],
  ['.', 'it is a folder'],
])('compare cannot read %s', async (file, reason) => {
  const { code, stderr } = await runInProcess(['compare', file], tempFolder());
  expect({ code, stderr }).toEqual({ code: 2, stderr: `error: cannot read ${file}: ${reason}\n` });
});

test.each(['folder', 'folder/', 'none/'])('--junit %s is refused before the command runs', async (junit) => {
  const cwd = tempFolder({ 'folder/kept': '' });
  const run = ['run', '--junit', junit, '--', process.execPath, '-e', 'require("fs").writeFileSync("ran", "")'];
  const { code, stderr } = await runInProcess(run, cwd);
  expect({ code, stderr }).toEqual({ code: 2, stderr: `error: cannot write reports to ${junit}: --junit takes a file\n` });
  expect(existsSync(join(cwd, 'ran'))).toBe(false);
});

test('explain plays requests to each provider through', async () => {
  const { code, stdout } = await runInProcess(['explain', 'failover', '--requests', '2']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/To primary:\n\nrequest .*\n1 .* 503 [\s\S]*To backup:\n\nrequest .*\n1 .* 200/);
});
