import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { expect, onTestFinished, test } from 'vitest';
import { type CommandDriverOptions, commandDriver } from '../../src/harness/command-driver.ts';
import { isAlive } from '../support/processes/is-alive.ts';
import { processesOf } from '../support/processes/processes-of.ts';
import { tempFolder } from '../support/temp-folder.ts';

const CALL = { callId: 'one', baseURL: 'http://127.0.0.1/v1', apiKey: 'sk-any', prompt: 'Hi', stream: false };

function start(command: string, onGroup?: CommandDriverOptions['onGroup']) {
  const driver = commandDriver({ command, environment: () => ({}), ...(onGroup === undefined ? {} : { onGroup }) });
  return { driver, call: driver.start(CALL, 0) };
}

test.each([
  ['echo out; echo err >&2', { ok: true, text: 'out' }],
  ['echo out; echo err >&2; exit 3', { ok: false, text: 'out', error: 'exit code 3 err' }],
  ['kill -KILL $$', { ok: false, text: '', error: 'killed by SIGKILL' }],
  ['# a comment\nread -r line || echo "nothing on stdin"', { ok: true, text: 'nothing on stdin' }],
  [`echo '"quoted"' "$0" $#`, { ok: true, text: '"quoted" /bin/sh 0' }],
])('%j is run as it stands', async (command, answer) => {
  expect(await start(command).call.answer).toEqual(answer);
});

test('what does not parse is told as the shell tells it', async () => {
  const { ok, error } = await start('echo (').call.answer;
  expect(ok).toBe(false);
  expect(error).toMatch(/^exit code \d+ .*syntax error/i);
});

test('a command does not run before its group is known', async () => {
  const ran = join(tempFolder(), 'ran');
  const { driver, call } = start(`touch "${ran}"`, () => new Promise(() => undefined));
  const first = await Promise.race([call.answer, new Promise((resolve) => setTimeout(() => resolve('waits'), 300))]);
  expect(first).toBe('waits');
  await driver.close();
  expect((await call.answer).error).toBe('killed by SIGKILL');
  expect(existsSync(ran)).toBe(false);
});

/** Leaves a process in a session of its own, which holds what the command prints to. */
const LEAVES_ONE = `const child = require('node:child_process').spawn('sleep', ['300'], { detached: true, stdio: 'inherit' });
console.error(child.pid);
child.unref();`;

test.runIf(process.platform !== 'win32')('what left the group is not waited for', async () => {
  const told = join(tempFolder(), 'pid');
  const { driver, call } = start(`"${process.execPath}" -e "${LEAVES_ONE.replaceAll('\n', ' ')}" 2>"${told}"`);
  await expect.poll(() => existsSync(told) && readFileSync(told, 'utf8')).toMatch(/^\d+\n$/);
  const pid = Number(readFileSync(told, 'utf8'));
  onTestFinished(() => void process.kill(pid, 'SIGKILL'));
  await driver.close();
  expect(await call.answer).toMatchObject({ text: '' });
  expect(isAlive(pid)).toBe(true);
});

/** Starts a command, and is killed before anybody could be told of its group. */
const KILLED_EARLY = `
const { commandDriver } = await import(process.argv[1]);
const driver = commandDriver({ command: process.argv[2], environment: () => ({}), onGroup: () => new Promise(() => undefined) });
driver.start({ baseURL: '' }, 0);
process.kill(process.pid, 'SIGKILL');`;

test.runIf(process.platform === 'linux')('a command whose group nobody knows ends with who started it', async () => {
  const folder = tempFolder();
  const ran = join(folder, 'ran');
  const driver = join(tempFolder(), 'driver.mjs');
  const bundle = await rolldown({ input: 'src/harness/command-driver.ts', platform: 'node' });
  await bundle.write({ file: driver });
  const args = ['--input-type=module', '-e', KILLED_EARLY, '--', driver, `touch "${ran}"; sleep 300`];
  const signal = await new Promise((resolve) => execFile(process.execPath, args, (error) => resolve(error?.signal)));
  expect(signal).toBe('SIGKILL');
  await expect.poll(() => processesOf(folder), { timeout: 10_000 }).toEqual([]);
  expect(existsSync(ran)).toBe(false);
});

test('a command runs when its group is known, and its end is told', async () => {
  const told: boolean[] = [];
  const { call } = start('echo out', async (_pid, alive) => void told.push(alive));
  expect(await call.answer).toEqual({ ok: true, text: 'out' });
  await expect.poll(() => told).toEqual([true, false]);
});

test('what a command leaves behind in its group is ended, and told', async () => {
  const file = join(tempFolder(), 'pid');
  let told = 0;
  const left = (onLeftBehind: () => void) => commandDriver({ command, environment: () => ({}), onLeftBehind });
  const command = `sleep 30 >/dev/null 2>&1 & echo $! > "${file}"; echo done`;
  expect(await left(() => (told += 1)).start(CALL, 0).answer).toEqual({ ok: true, text: 'done' });
  await expect.poll(() => told).toBe(1);
  await expect.poll(() => isAlive(Number(readFileSync(file, 'utf8')))).toBe(false);
});

test('what ends by itself in time is not left behind', async () => {
  const groups: boolean[] = [];
  let told = 0;
  const driver = commandDriver({
    command: 'true &',
    environment: () => ({}),
    onGroup: async (_pid, alive) => void groups.push(alive),
    onLeftBehind: () => (told += 1),
  });
  await driver.start(CALL, 0).answer;
  await expect.poll(() => groups).toEqual([true, false]);
  expect(told).toBe(0);
});
