import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { hotRetries } from '../support/hot-retries.ts';
import { loadOf } from '../support/load/load-of.ts';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

/* Fleets of examples/ under a real outage. `test/core/load/metastability.test.ts` has them on a clock of its own. */

const FLEETS = fileURLToPath(new URL('../../examples/fleets/', import.meta.url));

test('a hot-retrying fleet is metastable under the outage that a budgeted one lets pass', async () => {
  const folder = tempFolder();
  const scenario = join(folder, 'outage.yaml');
  writeFileSync(scenario, JSON.stringify(hotRetries.scenario));
  const { callsPerSecond, forMs } = hotRetries;
  const calls = (callsPerSecond * forMs) / 1_000;
  const arrivals = ['--arrivals', `${callsPerSecond}/s`, '--for', `${forMs}ms`, '--drain', '5s', '--processes', '2'];
  const fleets = ['naive', 'budget'].map((fleet) => ({ fleet, report: join(folder, fleet) }));
  const results = await Promise.all(
    fleets.map(({ fleet, report }) =>
      runCli(['load', '--client', join(FLEETS, `${fleet}.mjs`), '--scenario', scenario, ...arrivals, '--report', report]),
    ),
  );
  expect(results.map(({ code }) => code)).toEqual([1, 0]);
  const [naive, budget] = fleets.map(({ report }) => loadOf(report));
  expect(naive?.recovery.state).toBe('metastable');
  expect(budget?.recovery.state).toBe('recovered');
  expect(naive?.amplification.mean).toBeGreaterThan(8);
  // A budget of ten retries in each process, and a tenth of one more for each success.
  expect(budget?.attempts).toBeLessThanOrEqual(calls + 2 * 10 + 0.1 * calls);
  expect(naive?.calls.started).toBe(calls);
  expect(naive?.exactness.correlation).toEqual({ exact: calls, likely: 0, ambiguous: 0 });

  const page = join(folder, 'compare.html');
  const files = fleets.map(({ report }) => join(report, 'report.json'));
  const { code, stdout } = await runCli(['compare', ...files, '--report', page]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^naive +metastable/m);
  expect(readFileSync(page, 'utf8').match(/<svg /g)).toHaveLength(2);
});
