import { expect, test } from 'vitest';
import { onlyBlock } from '../support/pages.ts';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

test('a command that cannot be run is told once', { timeout: 60_000 }, async () => {
  const { code, stdout } = await runCli(['probe', '--only', 'never_early,http_date,no_retry_permanent', '--command', './nope']);
  expect(code).toBe(1);
  expect(stdout.match(/\.\/nope/g)).toHaveLength(1);
  expect(stdout).toMatch(/^INCONCLUSIVE .*exit code 127/);
});

const OF_TARGETS = ['probe', '--client', 'client.mjs', '--only', 'no_failover_on_bad_request'];

test('a module that says so is given several targets: the one in docs/probe.md', { timeout: 60_000 }, async () => {
  const cwd = tempFolder({ 'client.mjs': onlyBlock('docs/probe.md', 'js targets') });
  const { code, stdout } = await runCli(OF_TARGETS, cwd);
  expect(stdout).toMatch(/^pass +no_failover_on_bad_request +3 bad requests went to no other target$/m);
  expect(code).toBe(0);
});

test('a module that does not is given none', { timeout: 60_000 }, async () => {
  const client = 'export default async ({ targets }) => ({ ok: targets === undefined });';
  const { stdout } = await runCli(OF_TARGETS, tempFolder({ 'client.mjs': client }));
  expect(stdout).not.toMatch(/^(?:pass|warn|info)/m);
});
