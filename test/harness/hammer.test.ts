import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { reportSchema } from '../../src/core/report/json-schema.ts';
import { loadOf } from '../support/load/load-of.ts';
import { childrenOf } from '../support/processes/children-of.ts';
import { isAlive } from '../support/processes/is-alive.ts';
import { runCli, spawnCli } from '../support/run-cli.ts';
import { runInProcess } from '../support/run-in-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const NAIVE = fileURLToPath(new URL('../../examples/fleets/naive.mjs', import.meta.url));

/** A load of two seconds beside four connections that never back off. */
async function hammered(scenario: object, ...flags: readonly string[]) {
  const file = join(tempFolder(), 'scenario.yaml');
  writeFileSync(file, JSON.stringify(scenario));
  const fleet = ['--client', NAIVE, '--scenario', file, '--processes', '1', '--for', '2s', '--drain', '1s'];
  const { stdout, stderr } = await runCli(['load', ...fleet, ...flags, '--hammer', '4', '--json']);
  expect(stderr).not.toContain('Error');
  return reportSchema.parse(JSON.parse(stdout));
}

const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((all, count) => all + count, 0);

test('a hammer uses up what is shared, and nothing of it counts as the fleet', { timeout: 30_000 }, async () => {
  const { load } = await hammered({ limits: { 'gpt-4o': { rpm: 60 } } }, '--arrivals', '5/s');
  const { connections, requests = 0, answers = {} } = load?.hammer ?? {};
  expect(connections).toBe(4);
  expect(requests).toBe(sum(answers));
  // All that the limit holds and what comes back meanwhile is used up, by both together.
  expect(answers['200']).toBeLessThan(80);
  expect(answers['429']).toBeGreaterThan(0);
  expect(load?.calls.scheduled).toBe(10);
  // Calls of the fleet alone: a connection of the hammer would be one more.
  expect(load?.exactness.correlation).toMatchObject({ likely: 0, ambiguous: 0 });
  expect(load?.exactness.correlation.exact).toBeLessThanOrEqual(10);
  expect(load?.timeline.moments.some((moment) => (moment.hammer ?? 0) > 0)).toBe(true);
  expect(load?.cutShort).toBeNull();
});

test('a hammer asks a provider of Azure, with its key', { timeout: 30_000 }, async () => {
  const primary = { dialect: 'azure', auth: { keys: ['sk-azure'] }, azure: { deployments: { 'gpt-4o': 'gpt-4o-mini' } } };
  const { load } = await hammered({ providers: { primary } }, '--at-once', '1');
  expect(Object.keys(load?.hammer?.answers ?? {})).toContain('200');
  expect(load?.hammer?.answers).not.toHaveProperty('401');
  expect(load?.hammer?.answers).not.toHaveProperty('404');
});

test('a hammer whose connections break opens them again at once', { timeout: 30_000 }, async () => {
  const rules = [{ one_of: { connection_reset: 1, empty_response: 1, truncated_body: 1 } }];
  const { load } = await hammered({ rules }, '--at-once', '1');
  expect(load?.hammer?.requests).toBeGreaterThan(40);
  expect(load?.hammer?.answers['none']).toBeGreaterThan(10);
  expect(load?.cutShort).toBeNull();
});

test.runIf(process.platform === 'linux').each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
  'a hammer does not outlive a load that %s ends',
  { timeout: 30_000 },
  async (signal) => {
    const folder = tempFolder();
    const flags = ['--arrivals', '5/s', '--for', '60s', '--processes', '1', '--hammer', '2', '--report', folder];
    const cli = spawnCli(['load', '--client', NAIVE, ...flags]);
    while (!existsSync(join(folder, 'report.json'))) await sleep(100);
    const started = childrenOf(cli.process.pid);
    // A client, the hammer, and the process that watches over both.
    expect(started).toHaveLength(3);
    cli.process.kill(signal);
    await cli.closed;
    for (const pid of started) await expect.poll(() => isAlive(pid)).toBe(false);
    const { hammer, attempts } = loadOf(folder);
    expect(hammer?.requests).toBeGreaterThan(attempts);
  },
);

test('a hammer has a bound', async () => {
  const { code, stderr } = await runInProcess(['load', '--client', NAIVE, '--at-once', '1', '--hammer', '100000']);
  expect(code).toBe(2);
  expect(stderr).toContain('--hammer takes a whole number from 1 to 500');
});
