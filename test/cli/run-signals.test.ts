import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reportSchema } from '../../src/core/report/json-schema.ts';
import { askOnce } from '../support/ask-once.ts';
import { isAlive } from '../support/processes/is-alive.ts';
import { runCli, startCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

const NODE = process.execPath;

/** Lives until it is ended, at most for as long as a test may take. */
const LIVE = 'setTimeout(() => {}, 25_000);';

test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const)(
  '%s is passed on, to children of children too',
  async (signal) => {
    const cwd = tempFolder({
      'parent.mjs': `
      import { spawn } from 'node:child_process';
      const child = spawn(process.execPath, ['-e', ${JSON.stringify(LIVE)}]);
      console.log(process.pid + ' ' + child.pid);
      ${LIVE}`,
    });
    const running = await startCli(['run', '--', NODE, 'parent.mjs'], cwd);
    const pids = running.firstLine.split(' ').map(Number);
    const { code, stderr } = await running.stop(signal);
    expect(code).toBe(1);
    expect(stderr).toContain(`interrupted by ${signal}`);
    for (const pid of pids) await expect.poll(() => isAlive(pid)).toBe(false);
  },
);

/** Asks for an answer, and says so when the mock has the request; then does what is given. */
const holding = (stream: boolean, then: string) => `
  const { OPENAI_BASE_URL: base, MOCK_OPENAI_ADMIN_URL: admin } = process.env;
  const body = JSON.stringify({ model: 'gpt-4o', stream: ${stream}, messages: [{ role: 'user', content: 'Hello' }] });
  const headers = { authorization: 'Bearer sk-1', 'content-type': 'application/json' };
  const asked = fetch(base + '/chat/completions', { method: 'POST', headers, body }).then((answer) => answer.text());
  while ((await (await fetch(admin + '/health')).json()).in_flight === 0) await new Promise((go) => setTimeout(go, 20));
  console.log('held');
  ${then}
  await asked;`;

test.each([
  ['hang', 'aborts_hung_request', 'inconclusive'],
  ['stalled_stream', 'stalled_stream_noticed', 'info'],
] as const)(
  'a client that is told to end within a %s has not given up, and no report says PASS',
  async (fault, rule, verdict) => {
    const cwd = tempFolder({ 'faults.yaml': `rules: [ { fault: ${fault} } ]`, 'ask.mjs': holding(fault !== 'hang', '') });
    const running = await startCli(['run', '--scenario', 'faults.yaml', '--report', 'out', '--', NODE, 'ask.mjs'], cwd);
    const { code, stderr } = await running.stop('SIGTERM');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^INCONCLUSIVE {2}interrupted by SIGTERM/m);
    const read = (name: string) => readFileSync(join(cwd, 'out', name), 'utf8');
    const { findings, ...told } = reportSchema.parse(JSON.parse(read('report.json'))).verdict;
    expect(told).toMatchObject({ verdict: 'inconclusive', cutShort: expect.stringContaining('interrupted by SIGTERM') });
    expect(findings.find((finding) => finding.rule === rule)).toMatchObject({
      verdict,
      clock: expect.stringMatching(/^censored@/),
    });
    expect(read('summary.md')).toMatch(/^## ❔ INCONCLUSIVE: interrupted by SIGTERM/);
    expect(read('junit.xml')).toContain('<testcase name="complete"');
    expect(read('report.html')).toContain('<title>INCONCLUSIVE: interrupted by SIGTERM');
  },
);

test('a client that somebody kills while it hangs has not given up', async () => {
  const cwd = tempFolder({
    'hang.yaml': 'rules: [ { fault: hang } ]',
    'ask.mjs': holding(false, "process.kill(process.pid, 'SIGKILL');"),
  });
  const { stderr } = await runCli(['run', '--scenario', 'hang.yaml', '--', NODE, 'ask.mjs'], cwd);
  expect(stderr).toMatch(/inconclusive \(\d\)[^(]*aborts_hung_request/);
});

test('when SIGKILL ends it, the command ends, too', async () => {
  const cwd = tempFolder({
    'parent.mjs': `
      import { spawn } from 'node:child_process';
      const child = spawn(process.execPath, ['-e', ${JSON.stringify(LIVE)}]);
      console.log(process.pid + ' ' + child.pid);
      ${LIVE}`,
  });
  const running = await startCli(['run', '--', NODE, 'parent.mjs'], cwd);
  await running.stop('SIGKILL');
  for (const pid of running.firstLine.split(' ').map(Number)) await expect.poll(() => isAlive(pid)).toBe(false);
});

test('a second signal kills a command that ignores the first', async () => {
  const cwd = tempFolder({ 'deaf.mjs': `process.on('SIGINT', () => console.log('heard')); console.log(process.pid); ${LIVE}` });
  const running = await startCli(['run', '--', NODE, 'deaf.mjs'], cwd);
  running.process.kill('SIGINT');
  await running.printed('heard');
  // Closer together they count as one.
  await new Promise((resolve) => setTimeout(resolve, 600));
  const { code, stderr } = await running.stop('SIGINT');
  expect(code).toBe(1);
  expect(stderr).toContain('was ended by SIGKILL');
  await expect.poll(() => isAlive(Number(running.firstLine))).toBe(false);
});

test('a command that ignores SIGTERM is killed in the end', async () => {
  const cwd = tempFolder({ 'deaf.mjs': `process.on('SIGTERM', () => {}); console.log(process.pid); ${LIVE}` });
  const running = await startCli(['run', '--', NODE, 'deaf.mjs'], cwd);
  expect((await running.stop('SIGTERM')).stderr).toContain('was ended by SIGKILL');
  await expect.poll(() => isAlive(Number(running.firstLine))).toBe(false);
});

test('what a command leaves behind is waited for, then ended', async () => {
  const leave = (code: string) => `
    import { spawn } from 'node:child_process';
    const child = spawn(process.execPath, ['--input-type=module', '-e', ${JSON.stringify(code)}], { stdio: 'inherit' });
    console.log(child.pid);
    child.unref();`;
  const cwd = tempFolder({ 'brief.mjs': leave(askOnce), 'lasting.mjs': leave(LIVE) });
  const [brief, lasting] = await Promise.all(['brief.mjs', 'lasting.mjs'].map((file) => runCli(['run', '--', NODE, file], cwd)));
  // Without a fault nothing was put to the test.
  expect(brief).toMatchObject({ code: 1, stdout: expect.stringMatching(/\n200\n/) });
  expect(brief?.stderr).not.toContain('left processes behind');
  expect(lasting?.stderr).toContain('left processes behind; they were ended');
  await expect.poll(() => isAlive(Number(lasting?.stdout))).toBe(false);
});

test('a process that left the group does not hold up the end', async () => {
  const cwd = tempFolder({
    'hang.yaml': 'rules: [ { fault: hang } ]',
    'daemon.mjs': `
      import { spawn } from 'node:child_process';
      const child = spawn(process.execPath, ['--input-type=module', '-e', ${JSON.stringify(askOnce)}], { detached: true, stdio: 'ignore' });
      child.unref();
      const { MOCK_OPENAI_ADMIN_URL: url } = process.env;
      while ((await (await fetch(url + '/health')).json()).in_flight === 0) await new Promise((go) => setTimeout(go, 20));`,
  });
  const { code, stderr } = await runCli(['run', '--scenario', 'hang.yaml', '--', NODE, 'daemon.mjs'], cwd);
  expect(stderr).toContain('1 request was still open');
  expect(code).toBe(1);
});
