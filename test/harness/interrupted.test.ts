import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { processesOf } from '../support/processes/processes-of.ts';
import { runCli, spawnCli } from '../support/run-cli.ts';
import { runInProcess } from '../support/run-in-process.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** A client that makes a request, leaves its process id in the folder, and never ends its call. */
const CLIENT = `
import { writeFileSync } from 'node:fs';
export default async ({ baseURL, apiKey, prompt }) => {
  const response = await fetch(baseURL + '/chat/completions', {
    method: 'POST',
    headers: { authorization: 'Bearer ' + apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: prompt }] }),
  });
  await response.text();
  writeFileSync(new URL('./pid-' + process.pid, import.meta.url), '');
  if (process.env.DIE === '1') process.exit(3);
  await new Promise(() => setInterval(() => undefined, 1_000));
};
`;

function prepare() {
  const folder = mkdtempSync(join(tmpdir(), 'interrupted-'));
  writeFileSync(join(folder, 'client.mjs'), CLIENT);
  const pids = () => readdirSync(folder).flatMap((name) => (name.startsWith('pid-') ? [Number(name.slice(4))] : []));
  const alive = () => pids().filter((pid) => existsSync(`/proc/${pid}`));
  return { folder, client: join(folder, 'client.mjs'), report: join(folder, 'report'), pids, alive };
}

/** Starts a battery and waits until its clients make calls. */
async function battery({ client, report, pids }: ReturnType<typeof prepare>) {
  const child = spawn(
    process.execPath,
    [MAIN, 'probe', '--client', client, '--report', report, '--only', 'never_early', 'retries_transient'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  await expect.poll(() => pids().length, { timeout: 20_000 }).toBeGreaterThan(3);
  return { child, closed, stdout: () => stdout };
}

test('Ctrl-C ends a battery with a report of what was seen, and no process stays behind', { timeout: 40_000 }, async () => {
  const place = prepare();
  const { child, closed, stdout } = await battery(place);
  child.kill('SIGINT');
  expect(await closed).toBe(1);
  expect(stdout()).toContain('interrupted: what was not seen is inconclusive');
  const { verdict, calls } = JSON.parse(readFileSync(join(place.report, 'report.json'), 'utf8'));
  expect(verdict.findings.map(({ rule }: { rule: string }) => rule).sort()).toEqual(['never_early', 'retries_transient']);
  expect(calls.length).toBeGreaterThan(0);
  await expect.poll(place.alive, { timeout: 10_000 }).toEqual([]);
});

test('client processes end when the command is killed', { timeout: 40_000 }, async () => {
  const place = prepare();
  const { child, closed } = await battery(place);
  child.kill('SIGKILL');
  await closed;
  await expect.poll(place.alive, { timeout: 10_000 }).toEqual([]);
});

test('a client process that dies is a failed call, and others go on', { timeout: 60_000 }, async () => {
  const place = prepare();
  const args = ['probe', '--client', place.client, '--only', 'retries_transient', '--processes', '2'];
  const { code, stdout, stderr } = await runCli(args, place.folder, { DIE: '1' });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^WARN +retries_transient +never retries/);
  expect(code).toBe(0);
  await expect.poll(place.alive, { timeout: 10_000 }).toEqual([]);
});

test.each([
  ['a module that is not there', ['--client', 'nowhere.mjs'], /cannot read nowhere\.mjs: no such file/],
  ['no client', [], /probe takes one of --client and --command/],
  ['two clients', ['--client', 'empty.mjs', '--command', 'true'], /probe takes one of --client and --command/],
  [
    'a rule that is not known',
    ['--client', 'empty.mjs', '--only', 'has_jiter'],
    /unknown rule "has_jiter"\. Did you mean "has_jitter"\?/,
  ],
  ['a baseline that is none', ['--client', 'empty.mjs', '--baseline', 'empty.mjs'], /is no baseline/],
])('%s is exit code 2 and one message', { timeout: 20_000 }, async (_what, args, message) => {
  const { folder } = prepare();
  writeFileSync(join(folder, 'empty.mjs'), '');
  const { code, stdout, stderr } = await runInProcess(['probe', ...args], folder);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
});

/** Makes one request, and never comes back: what it does not retry is never early. */
const ONCE = `
export default async ({ baseURL, apiKey, prompt }) => {
  const response = await fetch(baseURL + '/chat/completions', {
    method: 'POST',
    headers: { authorization: 'Bearer ' + apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: prompt }] }),
  });
  return { ok: response.ok, text: await response.text() };
};
`;

test('a baseline keeps what was accepted, and tells what got worse', { timeout: 60_000 }, async () => {
  const { folder } = prepare();
  writeFileSync(join(folder, 'client.mjs'), ONCE);
  const args = ['probe', '--client', 'client.mjs', '--processes', '1', '--only', 'retries_transient', 'no_retry_permanent'];
  const first = await runCli([...args, '--save-baseline', 'baseline.json'], folder);
  expect(first.code).toBe(0);
  expect(JSON.parse(readFileSync(join(folder, 'baseline.json'), 'utf8'))).toEqual({
    rules: { no_retry_permanent: 'pass', retries_transient: 'warn' },
  });
  const second = await runCli([...args, '--baseline', 'baseline.json'], folder);
  expect([second.code, second.stdout]).toEqual([0, expect.stringContaining('nothing is worse than the baseline')]);
  writeFileSync(join(folder, 'baseline.json'), JSON.stringify({ rules: { retries_transient: 'pass' } }));
  const third = await runCli([...args, '--baseline', 'baseline.json'], folder);
  expect([third.code, third.stdout]).toEqual([
    1,
    expect.stringContaining('worse than the baseline: retries_transient (pass → warn)'),
  ]);
});

/** A module that takes for ever to import, and leaves its process id in the folder. */
const ENDLESS_IMPORT = `
import { writeFileSync } from 'node:fs';
writeFileSync(new URL('./pid-' + process.pid, import.meta.url), '');
await new Promise(() => setInterval(() => undefined, 1_000));
export default async () => ({ ok: true });
`;

test.each([
  ['probe', 'SIGINT', []],
  ['probe', 'SIGKILL', []],
  ['load', 'SIGINT', ['--arrivals', '1/s', '--for', '1s']],
  ['load', 'SIGKILL', ['--arrivals', '1/s', '--for', '1s']],
] as const)('%s ended by %s while its client is imported leaves no process', { timeout: 40_000 }, async (name, signal, flags) => {
  const place = prepare();
  writeFileSync(place.client, ENDLESS_IMPORT);
  const { process: child, closed } = spawnCli([name, '--client', place.client, ...flags]);
  await expect.poll(() => place.pids().length, { timeout: 20_000 }).toBeGreaterThan(3);
  child.kill(signal);
  await closed;
  await expect.poll(place.alive, { timeout: 10_000 }).toEqual([]);
});

/** A command that stays, and names the folder. */
const staying = (folder: string) => `sh -c 'touch "${folder}/pid-$$"; sleep 300'`;

const PROBE = ['probe', '--only', 'never_early'];
const LOAD = ['load', '--arrivals', '50/s', '--for', '20s', '--processes', '2'];

test.runIf(process.platform === 'linux').each([
  ['a battery', 'killed', PROBE, ['SIGKILL']],
  ['a battery', 'told to end', PROBE, ['SIGINT']],
  ['a battery', 'told to end twice', PROBE, ['SIGTERM', 'SIGINT']],
  ['a load', 'killed', LOAD, ['SIGKILL']],
  ['a load', 'told to end twice', LOAD, ['SIGTERM', 'SIGINT']],
] as const)('commands that are just being started end when %s is %s', { timeout: 40_000 }, async (_what, _how, args, signals) => {
  const place = prepare();
  const { process: child, closed } = spawnCli([...args, '--command', staying(place.folder)]);
  await expect.poll(() => place.pids().length, { interval: 1, timeout: 20_000 }).toBeGreaterThan(0);
  for (const signal of signals) child.kill(signal);
  await closed;
  await expect.poll(() => processesOf(place.folder), { timeout: 10_000 }).toEqual([]);
});

test.runIf(process.platform === 'linux')(
  'commands end when the process that starts them is killed',
  { timeout: 40_000 },
  async () => {
    const place = prepare();
    const { process: child, closed } = spawnCli([
      'load',
      '--arrivals',
      '50/s',
      '--for',
      '20s',
      '--processes',
      '1',
      '--command',
      staying(place.folder),
    ]);
    await expect.poll(() => place.pids().length, { interval: 1, timeout: 20_000 }).toBeGreaterThan(0);
    const [client] = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ');
    process.kill(Number(client), 'SIGKILL');
    expect(await closed).toBe(1);
    await expect.poll(() => processesOf(place.folder), { timeout: 10_000 }).toEqual([]);
  },
);

test('a default export that a compiler wrapped is the client', { timeout: 40_000 }, async () => {
  const place = prepare();
  const client = join(place.folder, 'client.cjs');
  writeFileSync(
    client,
    `Object.defineProperty(exports, '__esModule', { value: true });
    exports.default = async ({ baseURL }) => ({ ok: (await fetch(baseURL + '/models')).ok });`,
  );
  const { code, stderr } = await runCli(['load', '--client', client, '--at-once', '1']);
  // Its call is made, and fails for want of a key.
  expect([code, stderr]).toEqual([1, expect.stringContaining('1 started, 0 ok, 1 failed')]);
});
