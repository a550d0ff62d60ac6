import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadReportOf } from '../../../src/core/load/load-report.ts';
import { renderJson } from '../../../src/core/report/json.ts';
import { askOnce } from '../../support/ask-once.ts';
import { loadRun } from '../../support/load/load-run.ts';
import { runCli } from '../../support/run-cli.ts';
import { runInProcess } from '../../support/run-in-process.ts';
import { naiveRun } from '../../support/runs.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const NODE = process.execPath;
const example = (name: string) => fileURLToPath(new URL(`../../../examples/${name}.mjs`, import.meta.url));

test('a client that comes back early fails, with the evidence', async () => {
  const { code, stdout, stderr } = await runCli(['run', '--scenario', 'rate-limited', '--', NODE, example('naive-client')]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^mock-openai \S+: scenario rate-limited, seed 1, at http:\/\/127\.0\.0\.1:\d+\/v1\n/);
  expect(stderr).toContain('never_early');
  expect(stderr).toMatch(/attempt (1|2): 429 Retry-After 2 → attempt (2|3) after 0\.\d{3} s, 1\.\d{3} s early/);
  // stdout is the command's own.
  expect(stdout.trim().split('\n')).toHaveLength(1);
});

test('a client that waits as it is told passes', async () => {
  const { code, stderr } = await runCli(['run', '--scenario', 'rate-limited', '--', NODE, example('patient-client')]);
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringMatching(/^pass \(\d+\)\n {2}never_early/m) });
});

test('the command has the variables that clients read, and our own stdin and stdout', async () => {
  const print = `console.log(JSON.stringify(process.env)); process.exitCode = process.argv[2] === '--flag' ? 0 : 9;`;
  const cwd = tempFolder({ 'print.mjs': print, 'keys.yaml': 'auth: { keys: [sk-chosen] }' });
  const { stdout } = await runCli(['run', '--scenario', 'keys.yaml', '--', NODE, 'print.mjs', '--flag'], cwd);
  const env = JSON.parse(stdout);
  const origin = env['MOCK_OPENAI_ORIGIN'];
  expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(env).toMatchObject({
    OPENAI_BASE_URL: `${origin}/v1`,
    OPENAI_API_BASE: `${origin}/v1`,
    OPENAI_API_KEY: 'sk-chosen',
    OPENAI_HOST: origin,
    MOCK_OPENAI_ADMIN_URL: `${origin}/__admin`,
    NO_PROXY: expect.stringMatching(/(^|,)127\.0\.0\.1(,|$)/),
    no_proxy: expect.stringMatching(/(^|,)127\.0\.0\.1(,|$)/),
  });
});

test('a command that fails makes the run fail, whatever the verdict', async () => {
  const refused = 'rules: [{ fault: { http_error: { status: 400 } } }]';
  const cwd = tempFolder({ 'ask.mjs': `${askOnce}process.exitCode = 7;`, 'refused.yaml': refused });
  const { code, stderr } = await runCli(['run', '--scenario', 'refused.yaml', '--', NODE, 'ask.mjs'], cwd);
  expect(code).toBe(1);
  expect(stderr).not.toMatch(/^PASS/m);
  expect(stderr.replace(/\s+/g, ' ')).toContain(
    `INCONCLUSIVE the command ${NODE} ended with exit code 7; so far the client keeps 2 rules`,
  );
});

test('a command that a signal ends is reported', async () => {
  const cwd = tempFolder({ 'ask.mjs': `${askOnce}process.kill(process.pid, 'SIGKILL');` });
  const { code, stderr } = await runCli(['run', '--', NODE, 'ask.mjs'], cwd);
  expect(code).toBe(1);
  expect(stderr).toContain('was ended by SIGKILL');
});

test.each(["process.kill(process.pid, 'SIGKILL');", 'process.exit(143);'])(
  'a client that a signal ends while it waits has not given up: %s',
  async (end) => {
    const cwd = tempFolder({ 'ask.mjs': `${askOnce}${end}` });
    const { stderr } = await runCli(['run', '--scenario', 'rate-limited', '--', NODE, 'ask.mjs'], cwd);
    expect(stderr).not.toContain('never retries 429');
    expect(stderr).toMatch(/inconclusive \(\d\)[^(]*never_early/);
  },
);

test('a command that asks nothing exercises nothing', async () => {
  const { code, stderr } = await runCli(['run', '--scenario', 'outage', '--', NODE, '-e', '0']);
  expect(code).toBe(1);
  const text = stderr.replace(/\s+/g, ' ');
  const [origin] = /http:\/\/127\.0\.0\.1:\d+/.exec(text) ?? [];
  expect(text).toContain(
    `not exercised: no request reached the mock. Nothing came to ${origin}/v1. Does the client read OPENAI_BASE_URL, OPENAI_API_BASE or OPENAI_HOST, which were set to it? If it has a setting of its own, run this with --port 9001`,
  );
});

test('where a scenario has providers, what to look for when nothing came names their variables', async () => {
  const cwd = tempFolder({ 'two.yaml': 'providers: { primary: { rules: [{ fault: overloaded }] }, backup-eu: {} }' });
  const { code, stderr } = await runCli(['run', '--scenario', 'two.yaml', '--', NODE, '-e', '0'], cwd);
  expect(code).toBe(1);
  expect(stderr.replace(/\s+/g, ' ')).toContain(
    'Does it read MOCK_OPENAI_PRIMARY_BASE_URL and MOCK_OPENAI_BACKUP_EU_BASE_URL, where the providers of the scenario are?',
  );
});

test('a run in which nothing was done to the client is no pass', async () => {
  const { code, stderr } = await runCli(['run', '--', NODE, 'ask.mjs'], tempFolder({ 'ask.mjs': askOnce }));
  expect(code).toBe(1);
  expect(stderr).toMatch(/^INCONCLUSIVE {2}not exercised: the scenario does nothing to a client; take one that does/m);
});

const LATER = 'rules: [{ name: later, during: 5s..6s, fault: overloaded }]';

test('a run that was over before the first fault begins says so', async () => {
  const cwd = tempFolder({ 'ask.mjs': askOnce, 'later.yaml': LATER });
  const { code, stderr } = await runCli(['run', '--scenario', 'later.yaml', '--', NODE, 'ask.mjs'], cwd);
  expect(code).toBe(1);
  expect(stderr.replace(/\s+/g, ' ')).toMatch(
    /INCONCLUSIVE .*the first begins 5\.000 s after the first request, and the client was done after \d\./,
  );
});

/** Four calls that say the same, each tried again at once. */
const EQUAL = `
for (let call = 0; call < 4; call++)
  for (let attempt = 0; attempt < 3; attempt++) {
    ${askOnce}
    if (response.ok) break;
  }
`;

test('equal requests that nobody can tell apart are no pass, and the ways out are named', async () => {
  const cwd = tempFolder({ 'equal.mjs': EQUAL });
  const { code, stderr } = await runCli(['run', '--scenario', 'rate-limited', '--', NODE, 'equal.mjs'], cwd);
  expect(code).toBe(1);
  const [head = ''] = stderr.slice(stderr.indexOf('INCONCLUSIVE')).split('\n\n');
  expect(head.replace(/\s+/g, ' ')).toMatch(
    /no rule passed: .*never_early.*--calls unique, or calls: unique in expect.*\/s\/default\/c\/<test>\/v1/,
  );
});

const FINE_TUNE = `
const response = await fetch(process.env.OPENAI_BASE_URL + '/fine_tuning/jobs', { method: 'POST', body: '{}' });
await response.text();
`;

test.each(['flaky', 'outage', 'rate-limited', 'stream-cut'])(
  'a program that calls what is not served does not pass under %s',
  async (scenario) => {
    const cwd = tempFolder({ 'tune.mjs': `try { ${FINE_TUNE} } catch {}` });
    const args = ['run', '--scenario', scenario, '--report', 'out', '--', NODE, 'tune.mjs'];
    const { code, stderr } = await runCli(args, cwd);
    expect(code).toBe(1);
    expect(stderr.match(/^POST \/v1\/fine_tuning\/jobs is not served by this mock$/gm)).toHaveLength(1);
    expect(stderr).toMatch(
      /^INCONCLUSIVE {2}not exercised: 1 request went to a URL that this mock does not serve: POST \/v1\/fine_tuning\/jobs$/m,
    );
    const { verdict } = JSON.parse(readFileSync(join(cwd, 'out/report.json'), 'utf8'));
    expect(verdict).toMatchObject({
      unserved: [{ method: 'POST', path: '/v1/fine_tuning/jobs', n: 1, advice: '' }],
      calls: 0,
      counts: { pass: 0, fail: 0, warn: 0 },
    });
  },
);

test('what is not served keeps a client from passing that is good otherwise', async () => {
  const patient = readFileSync(example('patient-client'), 'utf8');
  const cwd = tempFolder({ 'both.mjs': `${patient}\n{ ${FINE_TUNE} }` });
  const { code, stderr } = await runCli(['run', '--scenario', 'rate-limited', '--', NODE, 'both.mjs'], cwd);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^INCONCLUSIVE {2}the client keeps \d+ rules?, but 1 request went to a URL that this mock does not serve/m,
  );
});

test('--strict asks that every rule was reached, and says so', async () => {
  const scenario =
    'rules:\n  - { name: now, times: 1, fault: { http_error: { status: 400 } } }\n  - { name: later, after: 5, fault: server_error }\n';
  const cwd = tempFolder({ 'ask.mjs': askOnce, 'two.yaml': scenario });
  const args = ['--scenario', 'two.yaml', '--', NODE, 'ask.mjs'];
  expect(await runCli(['run', ...args], cwd)).toMatchObject({ code: 0, stderr: expect.stringMatching(/^PASS {2}/m) });
  const strict = await runCli(['run', '--strict', ...args], cwd);
  expect(strict.code).toBe(1);
  expect(strict.stderr).toMatch(/^INCONCLUSIVE {2}(.* undecided: .*; )?1 part of the scenario never struck: later/m);
});

/** A call of its own in each of the sessions named; `early` tries again at once, `late` waits for two seconds. */
const IN_SESSIONS = `
const ask = async (session) => (await fetch(process.env.MOCK_OPENAI_ORIGIN + '/s/' + session + '/v1/chat/completions', {
  method: 'POST',
  headers: { authorization: 'Bearer sk-x', 'content-type': 'application/json' },
  body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] }),
})).status;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
await Promise.all(process.argv.slice(2).map(async (session) => {
  for (let attempt = 0; attempt < 3; attempt++) {
    if ((await ask(session)) === 200) break;
    await pause(session === 'early' ? 50 : 2_100);
  }
}));
`;

test.each([
  [['late', 'later'], 0, /^PASS {2}the client passes in 2 of 2 sessions \((late, later|later, late)\)/m],
  [['late', 'early'], 1, /^FAIL {2}the client fails in 1 of 2 sessions \(early\)/m],
])('each session that was used is judged: %j', async (sessions, code, headline) => {
  const cwd = tempFolder({
    'sessions.mjs': IN_SESSIONS,
    'fast.yaml': 'rules: [{ attempts: 1, fault: { rate_limit: { retry_after: 2s } } }]',
  });
  const args = ['run', '--scenario', 'fast.yaml', '--report', 'out', '--', NODE, 'sessions.mjs', ...sessions];
  const run = await runCli(args, cwd);
  expect(run).toMatchObject({ code, stderr: expect.stringMatching(headline) });
  const { verdict, calls } = JSON.parse(readFileSync(join(cwd, 'out/report.json'), 'utf8'));
  expect(verdict.sessions.map(({ session }: { session: string }) => session).sort()).toEqual([...sessions].sort());
  expect(calls.map(({ id }: { id: string }) => id.split('/')[0]).sort()).toEqual([...sessions].sort());
});

test('a session that the client closes is judged, too', async () => {
  const close = `await fetch(process.env.MOCK_OPENAI_ADMIN_URL + '/sessions', { method: 'DELETE' });`;
  const cwd = tempFolder({
    'closed.mjs': `process.argv.push('early'); ${IN_SESSIONS} ${close}`,
    'fast.yaml': 'rules: [{ attempts: 1, fault: { rate_limit: { retry_after: 2s } } }]',
  });
  const { code, stderr } = await runCli(['run', '--scenario', 'fast.yaml', '--', NODE, 'closed.mjs'], cwd);
  expect({ code, stderr }).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^FAIL {2}the client breaks 1 rule: never_early/m),
  });
});

test('reports and the journal are written', async () => {
  const cwd = tempFolder({ 'ask.mjs': askOnce });
  await runCli(
    ['run', '--report', 'out/reports', '--junit', 'out/ci/j.xml', '--journal', 'out.jsonl', '--seed', '5', '--', NODE, 'ask.mjs'],
    cwd,
  );
  expect(JSON.parse(readFileSync(join(cwd, 'out.jsonl'), 'utf8'))).toMatchObject({ seq: 1, status: 200, seed: 5 });
  for (const file of ['reports/report.json', 'reports/report.html', 'reports/junit.xml', 'reports/summary.md', 'ci/j.xml'])
    expect(existsSync(join(cwd, 'out', file)), file).toBe(true);
});

test('a policy, preset or file, goes over what the scenario expects', async () => {
  const off = 'rules: { never_early: off }\n';
  const cwd = tempFolder({ 'lenient.yaml': off, 'ask.mjs': askOnce });
  const client = ['--', NODE, example('naive-client')];
  const lenient = await runCli(['run', '--scenario', 'rate-limited', '--policy', 'lenient.yaml', ...client], cwd);
  expect(lenient.stderr).not.toContain('never_early');
  await runCli(['run', '--policy', 'strict-sre', '--report', 'out', '--', NODE, 'ask.mjs'], cwd);
  expect(readFileSync(join(cwd, 'out/report.json'), 'utf8')).toContain('strict-sre');
});

test.each([
  ['a command that is none', ['--', 'no-such-command'], /^error: cannot start "no-such-command": there is no such command$/m],
  ['a file that may not be executed', ['--', './bad.yaml'], /^error: cannot start "\.\/bad\.yaml": it may not be executed$/m],
  ['a command without a name', ['--', ''], /^error: cannot start ""/m],
  ['no command', [], /missing required argument 'command'/],
  ['an unknown flag', ['--polcy', 'x', '--', NODE], /unknown option '--polcy'.*\n?.*--policy/],
  ['a misspelt preset', ['--policy', 'strict-ser', '--', NODE], /unknown policy "strict-ser"\. Did you mean "strict-sre"\?/],
  ['a missing policy', ['--policy', 'no.yaml', '--', NODE], /^no\.yaml: cannot read the policy: there is no such file$/m],
  [
    'a wrong policy',
    ['--policy', 'bad.yaml', '--', NODE],
    /^bad\.yaml:1:10 unknown rule "never_erly"\. Did you mean "never_early"\?$/m,
  ],
  ['a wrong scenario', ['--scenario', 'flakey', '--', NODE], /Did you mean "flaky"/],
  ['a report folder that is a file', ['--report', 'bad.yaml', '--', NODE], /^error: cannot write reports to bad\.yaml/m],
])('%s ends with exit code 2 and one clear message', async (_what, args, message) => {
  const cwd = tempFolder({ 'bad.yaml': 'rules: { never_erly: off }\n' });
  const { code, stdout, stderr } = await runInProcess(['run', ...args], cwd);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/^ {4}at /m);
});

test.runIf(process.platform === 'linux').each([
  [['run', '--report', '/proc/x', '--', NODE], '/proc/x'],
  [['run', '--report', '/proc', '--', NODE], '/proc'],
  [['run', '--junit', '/proc/x/junit.xml', '--', NODE], '/proc/x'],
  [['compare', 'report.json', '--report', '/proc/x/fleets.html'], '/proc/x/fleets.html'],
])('%j: where nothing can be written is told at once, with exit code 2', async (args, place) => {
  const { code, stderr } = await runInProcess(
    args,
    tempFolder({ 'report.json': renderJson({ ...naiveRun(), load: loadReportOf(loadRun()) }) }),
  );
  expect({ code, stderr }).toEqual({ code: 2, stderr: `error: cannot write reports to ${place}: nothing can be made there\n` });
});
