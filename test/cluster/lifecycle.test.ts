import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JournalEntry } from '../../src/core/journal/entry.ts';
import { childrenOf } from '../support/processes/children-of.ts';
import { isAlive } from '../support/processes/is-alive.ts';
import { runCli, startCli } from '../support/run-cli.ts';
import { runInProcess } from '../support/run-in-process.ts';
import { postChat } from '../support/start-mock.ts';
import { startWorkers } from '../support/start-workers.ts';
import { tempFolder } from '../support/temp-folder.ts';

const tellsChildren = existsSync(`/proc/${process.pid}/task/${process.pid}/children`);

test('one first line tells where all serve, and a signal ends all of them', async () => {
  const server = await startWorkers('{ name: shared }');
  expect(server.firstLine).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/);
  const children = childrenOf(server.process.pid);
  if (tellsChildren) expect(children).toHaveLength(2);
  for (let i = 0; i < 4; i++) expect((await postChat(server)).status).toBe(200);
  const { code, stdout, stderr } = await server.stop('SIGINT');
  expect({ code, stdout }).toEqual({ code: 0, stdout: `${server.firstLine}\n` });
  expect(stderr).toMatch(/^mock-openai \d+\.\d+\.\d+: scenario shared, seed 1, 0 rules, 2 workers\nstopped by SIGINT\n$/);
  expect(children.filter(isAlive)).toEqual([]);
});

test.runIf(tellsChildren)(
  'a worker that dies is told of and replaced; what it was at is in the journal',
  { timeout: 30_000 },
  async () => {
    const server = await startWorkers('rules: [ { first: 2, fault: hang } ]');
    const before = childrenOf(server.process.pid);
    const leaving = new AbortController();
    const url = `${server.baseURL}/models`;
    const left = [1, 2].map(() =>
      fetch(url, { signal: leaving.signal, headers: { authorization: 'Bearer sk-x' } }).catch(() => null),
    );
    await expect.poll(() => server.admin('/__admin/health')).toMatchObject({ in_flight: 2 });
    const [victim = 0] = before;
    process.kill(victim, 'SIGKILL');
    await server.printed(`worker ${victim} died (SIGKILL): another one is started`);
    await server.printed('takes its place');
    expect(childrenOf(server.process.pid).filter((pid) => pid !== victim)).toHaveLength(2);
    for (let i = 0; i < 6; i++) expect((await postChat(server)).status).toBe(200);
    const { entries } = await server.admin<{ entries: JournalEntry[] }>('/__admin/journal');
    expect(
      entries.map(({ closedBy, t_end }) => [closedBy, t_end === null]).filter(([closedBy]) => closedBy !== null),
    ).toContainEqual(['server', false]);
    leaving.abort();
    expect(await Promise.all(left)).toEqual([null, null]);
    expect((await server.stop()).code).toBe(0);
  },
);

test.runIf(tellsChildren)('the port stays when no worker is left to share it', async () => {
  const server = await startWorkers('{}');
  for (const pid of childrenOf(server.process.pid)) process.kill(pid, 'SIGKILL');
  await server.printed('takes its place');
  await expect.poll(async () => (await postChat(server).catch(() => undefined))?.status).toBe(200);
});

test.runIf(tellsChildren)('workers that die as they start are tried again', { timeout: 40_000 }, async () => {
  const server = await startWorkers('{}');
  const killed = new Set<number>();
  for (let until = Date.now() + 1_500; Date.now() < until; await new Promise((go) => setTimeout(go, 20))) {
    for (const pid of childrenOf(server.process.pid)) {
      if (killed.has(pid)) continue;
      killed.add(pid);
      process.kill(pid, 'SIGKILL');
    }
  }
  expect(killed.size).toBeGreaterThan(2);
  await expect.poll(async () => (await postChat(server).catch(() => undefined))?.status).toBe(200);
  expect((await server.stop()).code).toBe(0);
});

test('x-mock-fault asks for any fault where no scenario has named one', async () => {
  const server = await startCli(['--port', '0', '--workers', '2']);
  const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] });
  const headers = { authorization: 'Bearer sk-x', 'content-type': 'application/json', 'x-mock-fault': 'rate_limit' };
  const response = await fetch(`${server.firstLine}/chat/completions`, { method: 'POST', headers, body });
  expect(response.status).toBe(429);
});

test.runIf(tellsChildren)('no worker survives a primary that is killed', async () => {
  const server = await startWorkers('{}');
  const children = childrenOf(server.process.pid);
  server.process.kill('SIGKILL');
  await expect.poll(() => children.filter(isAlive)).toEqual([]);
});

test('SIGTERM lets requests in flight finish, in all processes', async () => {
  const server = await startWorkers('rules: [ { fault: { server_error: { after: 3s } } } ]');
  const answers = Array.from({ length: 4 }, () => postChat(server));
  await expect.poll(() => server.admin('/__admin/health')).toMatchObject({ in_flight: 4 });
  const stopped = server.stop();
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([500, 500, 500, 500]);
  expect((await stopped).code).toBe(0);
  await expect(
    new Promise((resolve, reject) => connect(server.port, '127.0.0.1', () => resolve('open')).on('error', reject)),
  ).rejects.toThrow('ECONNREFUSED');
});

test('an edit of the file is taken over by all processes', async () => {
  const cwd = tempFolder({ 'mine.yaml': 'rules: [ { fault: server_error } ]\n' });
  const { firstLine, printed } = await startCli(['--port', '0', '--workers', '2', '--scenario', 'mine.yaml'], cwd);
  const ask = async () => (await postChat({ baseURL: firstLine, apiKey: 'sk-x' })).status;
  expect([await ask(), await ask()]).toEqual([500, 500]);
  writeFileSync(join(cwd, 'mine.yaml'), 'rules: [ { fault: overloaded } ]\n');
  await printed('reloaded: scenario mine');
  expect(await Promise.all([1, 2, 3, 4].map(ask))).toEqual([503, 503, 503, 503]);
});

test('--journal and --json tell of the requests of all processes', async () => {
  const cwd = tempFolder();
  const started = await startCli(['--port', '0', '--workers', '2', '--json', '--journal', 'out.jsonl'], cwd);
  const { base_url: baseURL } = JSON.parse(started.firstLine);
  await Promise.all(Array.from({ length: 20 }, async () => (await postChat({ baseURL, apiKey: 'sk-secret-key' })).text()));
  const { stdout, code } = await started.stop();
  const lines = readFileSync(join(cwd, 'out.jsonl'), 'utf8').trimEnd().split('\n');
  const numbers = lines.map((line) => JSON.parse(line).seq).sort((a, b) => a - b);
  expect([code, numbers]).toEqual([0, Array.from({ length: 20 }, (_, i) => i + 1)]);
  expect(stdout.split('\n').filter((line) => line.includes('"event":"request"'))).toHaveLength(20);
  expect(stdout + lines.join('')).not.toContain('sk-secret');
});

test.each([
  ['none', ['--workers', '0'], /--workers takes a whole number from 1 to 64, or auto\./],
  ['too many', ['--workers', '65'], /--workers takes a whole number from 1 to 64, or auto\./],
  ['half of one', ['--workers', '1.5'], /--workers takes a whole number from 1 to 64, or auto\./],
  ['a wrong scenario', ['--workers', '2', '--scenario', 'flakey'], /Did you mean "flaky"\?$/m],
])('%s ends with exit code 2 and one clear message', async (_what, args, message) => {
  const { code, stdout, stderr } = await runInProcess(args, tempFolder());
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/^ {4}at /m);
});

test('a host that is none ends with exit code 2 and one clear message', async () => {
  expect(await runCli(['--workers', '2', '--port', '0', '--host', '203.0.113.7'])).toEqual({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/^error: cannot listen on host 203\.0\.113\.7.*\n$/),
  });
});

test('a port that is taken is said to be', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  const { code, stderr } = await runCli(['--workers', '2', '--port', String(port)]);
  other.close();
  expect({ code, stderr }).toEqual({ code: 3, stderr: `error: port ${port} is in use; --port 0 picks a free one\n` });
});

test.each(['1', 'auto'])('--workers %s serves', async (workers) => {
  const server = await startCli(['--port', '0', '--workers', workers]);
  expect((await postChat({ baseURL: server.firstLine, apiKey: 'sk-x' })).status).toBe(200);
  if (tellsChildren && workers === '1') expect(childrenOf(server.process.pid)).toEqual([]);
  expect((await server.stop()).code).toBe(0);
});
