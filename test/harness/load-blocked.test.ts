import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reportSchema } from '../../src/core/report/json-schema.ts';
import { childrenOf } from '../support/processes/children-of.ts';
import { isAlive } from '../support/processes/is-alive.ts';
import { runCli, spawnCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

const LOAD = ['--arrivals', '20/s', '--for', '2s', '--drain', '1s', '--processes', '2'];

/** A client that makes three calls of warm-up and five that count, and then blocks its event loop. */
const BLOCKS = `let n = 0;
export default async ({ baseURL, apiKey }) => {
  await (await fetch(baseURL + '/models', { headers: { authorization: 'Bearer ' + apiKey } })).text();
  if (++n > 8) for (;;);
  return { ok: true, text: 'x' };
};
`;

const clientOf = (source: string) => join(tempFolder({ 'client.mjs': source }), 'client.mjs');

test('calls of a client that blocks its event loop are counted, and the load passes nothing', { timeout: 60_000 }, async () => {
  const { code, stdout } = await runCli(['load', '--client', clientOf(BLOCKS), ...LOAD, '--json']);
  expect(code).toBe(1);
  const { verdict, load } = reportSchema.parse(JSON.parse(stdout));
  expect(verdict.verdict).toBe('inconclusive');
  expect(load?.cutShort).toMatch(/^client processes p1, p2 have not answered since \d+\.\d s after the load began/);
  const { scheduled = 0, started = 0, ok = 0, failed = 0, abandoned = 0, dropped = 0, unreported = 0 } = load?.calls ?? {};
  expect(scheduled).toBe(40);
  // The last one before the block may not have been told any more.
  expect(ok).toBeGreaterThanOrEqual(8);
  expect(ok).toBeLessThanOrEqual(10);
  expect(ok + failed + abandoned + dropped + unreported).toBe(scheduled);
  expect(started + dropped + unreported).toBe(scheduled);
  // One call of each process blocks it; the mock has seen that one.
  expect(abandoned).toBeGreaterThanOrEqual(2);
  expect(unreported).toBeGreaterThan(20);
});

test.runIf(process.platform === 'linux')(
  'client processes with a blocked event loop end when the command is killed',
  { timeout: 60_000 },
  async () => {
    const args = ['load', '--client', clientOf(BLOCKS), '--arrivals', '20/s', '--for', '60s', '--processes', '2'];
    const { process: cli, closed } = spawnCli(args);
    await expect.poll(() => childrenOf(cli.pid).length, { timeout: 20_000 }).toBeGreaterThan(2);
    const children = childrenOf(cli.pid);
    // Each blocks after half a second; blocked or not, none may outlive the command.
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    cli.kill('SIGKILL');
    await closed;
    for (const pid of children) await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  },
);

test.each([
  ['does not settle', 'export default () => new Promise(() => {});\n'],
  ['blocks', 'export default () => { for (;;); };\n'],
])('a client whose first call %s cannot be used', { timeout: 60_000 }, async (_how, source) => {
  const { code, stdout, stderr } = await runCli(['load', '--client', clientOf(source), ...LOAD]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^error: cannot use the client: a call against a healthy mock did not end within 8 s/);
});

test.runIf(process.platform === 'linux').each(['SIGINT', 'SIGTERM'] as const)(
  '%s during the warm-up ends the load with one line, and leaves no process',
  { timeout: 60_000 },
  async (signal) => {
    const stuck = clientOf('export default () => new Promise(() => {});\n');
    const { process: cli, closed, output } = spawnCli(['load', '--client', stuck, ...LOAD]);
    await expect.poll(() => childrenOf(cli.pid).length, { timeout: 20_000 }).toBeGreaterThan(2);
    const children = childrenOf(cli.pid);
    cli.kill(signal);
    expect(await closed).toBe(1);
    expect(output.stderr).toBe(`interrupted by ${signal} before the load began\n`);
    for (const pid of children) await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  },
);

test('a load in which no call ends well is no pass', { timeout: 60_000 }, async () => {
  const client = clientOf(
    "export default async ({ baseURL }) => { await fetch(baseURL + '/models'); throw new Error('gone'); };\n",
  );
  const { code, stderr } = await runCli(['load', '--client', client, ...LOAD]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^INCONCLUSIVE {2}none of 40 calls ended well/);
});

test('what a client module has started ends with its process', { timeout: 60_000 }, async () => {
  const folder = tempFolder();
  const client = clientOf(`import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
const { pid } = spawn('sleep', ['300'], { stdio: 'ignore' });
writeFileSync(${JSON.stringify(folder)} + '/pid-' + pid, '');
export default async () => ({ ok: true, text: '' });
`);
  await runCli(['load', '--client', client, ...LOAD]);
  const started = readdirSync(folder).map((name) => Number(name.replace('pid-', '')));
  expect(started).toHaveLength(2);
  for (const pid of started) await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
});
