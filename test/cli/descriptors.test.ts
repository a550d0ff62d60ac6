import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const LIMIT = 128;
const hasLimits = process.platform === 'linux' && spawnSync('prlimit', ['--version']).status === 0;

/** A server that may open so few files, and what it says. */
async function scarceServer() {
  const child = spawn('prlimit', [`--nofile=${LIMIT}`, process.execPath, MAIN, 'serve', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let told = '';
  child.stderr.on('data', (chunk: Buffer) => (told += chunk.toString()));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { port: Number(new URL(line.toString().trim()).port), told: () => told };
}

/** Asks on one connection, which stays. */
function asker(port: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  return (path: string, headers: Record<string, string> = {}) =>
    new Promise<number | undefined>((resolve, reject) => {
      get({ agent, port, host: '127.0.0.1', path, headers: { authorization: 'Bearer sk-any', ...headers } }, (response) => {
        response.resume().once('end', () => resolve(response.statusCode));
      }).once('error', reject);
    });
}

test.runIf(hasLimits)('without descriptors it says so once, and serves everything afterwards', async () => {
  const { port, told } = await scarceServer();
  const ask = asker(port);
  expect(await ask('/v1/models')).toBe(200);
  // What is loaded late is loaded in the first moments.
  await pause(2_000);
  const sockets: Socket[] = Array.from({ length: LIMIT + 50 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
  await expect.poll(told).toContain('out of file descriptors');
  expect(await ask('/v1/models')).toBe(200);
  for (const socket of sockets) socket.destroy();
  await pause(500);
  expect(await ask('/__admin/health')).toBe(200);
  expect(await ask('/v1/models', { 'x-mock-fault': 'server_error' })).toBe(500);
  expect(told().match(/out of file descriptors/g)).toHaveLength(1);
});
