import { expect, test } from 'vitest';
import { runCli } from '../support/run-cli.ts';

test('a command that cannot be run is told once', { timeout: 60_000 }, async () => {
  const { code, stdout } = await runCli(['probe', '--only', 'never_early,http_date,no_retry_permanent', '--command', './nope']);
  expect(code).toBe(1);
  expect(stdout.match(/\.\/nope/g)).toHaveLength(1);
  expect(stdout).toMatch(/^INCONCLUSIVE .*exit code 127/);
});
