import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadOf } from '../support/load/load-of.ts';
import { childrenOf } from '../support/processes/children-of.ts';
import { isAlive } from '../support/processes/is-alive.ts';
import { spawnCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

const FLEETS = fileURLToPath(new URL('../../examples/fleets/', import.meta.url));
const NAIVE = join(FLEETS, 'naive.mjs');

/** Starts a load that lasts a minute, and waits until its first partial report is there. */
async function longLoad(folder: string) {
  const cli = spawnCli(['load', '--client', NAIVE, '--arrivals', '20/s', '--for', '60s', '--processes', '2', '--report', folder]);
  while (!existsSync(join(folder, 'report.json'))) await sleep(100);
  const clients = childrenOf(cli.process.pid);
  expect(clients.length).toBeGreaterThanOrEqual(2);
  return { ...cli, clients };
}

test.runIf(process.platform === 'linux')(
  'Ctrl-C ends the load early; what was seen is told, and nothing is left behind',
  { timeout: 30_000 },
  async () => {
    const folder = tempFolder();
    const { process: cli, closed, clients } = await longLoad(folder);
    cli.kill('SIGINT');
    expect(await closed).toBe(1);
    expect(loadOf(folder).cutShort).toBe('interrupted by SIGINT');
    expect(existsSync(join(folder, 'report.html'))).toBe(true);
    expect(readFileSync(join(folder, 'summary.md'), 'utf8')).toMatch(/^## ❔ INCONCLUSIVE: interrupted by SIGINT/);
    for (const pid of clients) await expect.poll(() => isAlive(pid)).toBe(false);
  },
);

test.runIf(process.platform === 'linux')(
  'a command that is killed leaves its last partial report, and no process',
  { timeout: 30_000 },
  async () => {
    const folder = tempFolder();
    const { process: cli, closed, clients } = await longLoad(folder);
    cli.kill('SIGKILL');
    await closed;
    expect(loadOf(folder).cutShort).toBe('the run was not over when this was written');
    for (const pid of clients) await expect.poll(() => isAlive(pid)).toBe(false);
  },
);

test.runIf(process.platform === 'linux')(
  'a client process that is killed is told of, and the others go on',
  { timeout: 30_000 },
  async () => {
    const folder = tempFolder();
    const { process: cli, closed, clients } = await longLoad(folder);
    process.kill(clients[0] ?? 0, 'SIGKILL');
    await sleep(500);
    cli.kill('SIGTERM');
    expect(await closed).toBe(1);
    expect(loadOf(folder).cutShort).toMatch(/^interrupted by SIGTERM; client process p\d ended by SIGKILL$/);
    expect(loadOf(folder).calls.ok).toBeGreaterThan(0);
  },
);

test.runIf(process.platform === 'linux')(
  'calls that a killed client process did not start are not held against the fleet',
  { timeout: 60_000 },
  async () => {
    const folder = tempFolder();
    const scenario = join(folder, 'outage.yaml');
    writeFileSync(
      scenario,
      'rules: [{ during: 1s..2s, fault: overloaded }]\nexpect: { load: { recovers_within: 1s, goodput: 0.9 } }\n',
    );
    const report = join(folder, 'report');
    const flags = ['--scenario', scenario, '--arrivals', '40/s', '--for', '12s', '--processes', '2', '--report', report];
    const cli = spawnCli(['load', '--client', join(FLEETS, 'budget.mjs'), ...flags]);
    while (!existsSync(join(report, 'report.json'))) await sleep(100);
    const [client = 0] = childrenOf(cli.process.pid);
    await sleep(2_000);
    process.kill(client, 'SIGKILL');
    expect(await cli.closed).toBe(1);
    const { recovery, loadMs, cutShort } = loadOf(report);
    expect(cutShort).toMatch(/^client process p\d ended by SIGKILL$/);
    expect(recovery.state).toBe('recovered');
    expect(loadMs).toBeLessThan(9_000);
  },
);
