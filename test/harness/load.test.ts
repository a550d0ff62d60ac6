import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type JsonLoad, reportSchema } from '../../src/core/report/json-schema.ts';
import { hotRetries } from '../support/hot-retries.ts';
import { runCli, spawnCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

const FLEETS = fileURLToPath(new URL('../../examples/fleets/', import.meta.url));
const NAIVE = join(FLEETS, 'naive.mjs');

/** Three seconds of load that break in the first, in two processes. */
const QUICK = ['--arrivals', '20/s', '--for', '3s', '--processes', '2', '--drain', '2s'];

function loadOf(folder: string): JsonLoad {
  const { load } = reportSchema.parse(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')));
  if (load === undefined) throw new Error('the report has no load');
  return load;
}

/** Client processes of a command that still live. */
function childrenOf(pid: number): number[] {
  const path = `/proc/${pid}/task/${pid}/children`;
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number) : [];
}

async function isGone(pid: number): Promise<boolean> {
  for (let tried = 0; tried < 50; tried++) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await sleep(100);
  }
  return false;
}

/** Starts a load that lasts a minute, and waits until its first partial report is there. */
async function longLoad(folder: string) {
  const cli = spawnCli(['load', '--client', NAIVE, '--arrivals', '20/s', '--for', '60s', '--processes', '2', '--report', folder]);
  while (!existsSync(join(folder, 'report.json'))) await sleep(100);
  const clients = childrenOf(cli.process.pid ?? 0);
  expect(clients.length).toBeGreaterThanOrEqual(2);
  return { ...cli, clients };
}

// A machine that stands still for as long as a place takes to get free lets any fleet recover: then it is tried anew.
const ON_A_BUSY_MACHINE = { timeout: 60_000, retry: 2 };

test('a hot-retrying fleet is metastable under the outage that a budgeted one lets pass', ON_A_BUSY_MACHINE, async () => {
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

test('workers make one call after the other', { timeout: 30_000 }, async () => {
  const { code, stdout } = await runCli([
    'load',
    '--client',
    NAIVE,
    '--workers',
    '4',
    '--for',
    '1s',
    '--processes',
    '2',
    '--json',
  ]);
  const { load } = reportSchema.parse(JSON.parse(stdout));
  expect(code).toBe(0);
  expect(load?.workload).toMatchObject({ model: 'closed', text: '4 workers' });
  expect(load?.calls.ok).toBeGreaterThan(8);
  expect(load?.calls.ok).toBe(load?.calls.started);
});

test('calls start together, and those too many are dropped', { timeout: 30_000 }, async () => {
  const flags = ['--at-once', '40', '--processes', '2', '--max-in-flight', '30', '--json'];
  const { stdout } = await runCli(['load', '--client', NAIVE, ...flags]);
  const { load } = reportSchema.parse(JSON.parse(stdout));
  expect(load?.calls).toMatchObject({ scheduled: 40, started: 30, dropped: 10, ok: 30 });
});

test('a command is run once a call, and finds the call in its environment', { timeout: 30_000 }, async () => {
  const folder = tempFolder();
  const script = join(folder, 'client.mjs');
  writeFileSync(
    script,
    `const { OPENAI_BASE_URL, OPENAI_API_KEY } = process.env;
const response = await fetch(OPENAI_BASE_URL + '/chat/completions', { method: 'POST',
  headers: { authorization: 'Bearer ' + OPENAI_API_KEY, 'content-type': 'application/json' },
  body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] }) });
process.exitCode = response.ok ? 0 : 1;\n`,
  );
  const command = `"${process.execPath}" "${script}"`;
  const flags = ['--arrivals', '3/s', '--for', '2s', '--processes', '1', '--json'];
  const { stdout } = await runCli(['load', '--command', command, ...flags]);
  const { load } = reportSchema.parse(JSON.parse(stdout));
  expect(load?.calls).toMatchObject({ started: 6, ok: 6 });
  expect(load?.exactness.correlation.exact).toBe(6);
});

test('background requests use up what is shared, and are told apart', { timeout: 30_000 }, async () => {
  const { stdout } = await runCli(['load', '--client', NAIVE, ...QUICK, '--background', '40/s', '--json']);
  const { load } = reportSchema.parse(JSON.parse(stdout));
  expect(load?.backgroundRequests).toBeGreaterThan(60);
  expect(load?.calls).toMatchObject({ started: 60, ok: 60 });
  expect(load?.attempts).toBe(60);
});

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
    for (const pid of clients) expect(await isGone(pid)).toBe(true);
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
    for (const pid of clients) expect(await isGone(pid)).toBe(true);
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
    const flags = ['--scenario', scenario, '--arrivals', '40/s', '--for', '30s', '--processes', '2', '--report', report];
    const cli = spawnCli(['load', '--client', join(FLEETS, 'budget.mjs'), ...flags]);
    while (!existsSync(join(report, 'report.json'))) await sleep(100);
    const [client = 0] = childrenOf(cli.process.pid ?? 0);
    await sleep(2_000);
    process.kill(client, 'SIGKILL');
    expect(await cli.closed).toBe(1);
    const { recovery, loadMs, cutShort } = loadOf(report);
    expect(cutShort).toMatch(/^client process p\d ended by SIGKILL$/);
    expect(recovery.state).toBe('recovered');
    expect(loadMs).toBeLessThan(20_000);
  },
);

test('what is wrong with the flags is said in one line, and nothing is started', { timeout: 60_000 }, async () => {
  const client = ['--client', NAIVE];
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [['--arrivals', '5/s'], /one of --client and --command/],
    [['--client', 'gone.mjs', '--arrivals', '5/s'], /cannot read gone\.mjs: no such file/],
    [client, /load needs --arrivals 50\/s/],
    [[...client, '--arrivals', '5'], /--arrivals takes a rate such as 50\/s.*found "5"/],
    [[...client, '--arrivals', '5/s', '--workers', '2'], /exclude each other/],
    [[...client, '--workers', '2', '--poisson'], /--poisson goes with --arrivals/],
    [[...client, '--arrivals', '5/s', '--for', 'ever'], /--for takes a duration.*found "ever"/],
    [[...client, '--arrivals', '5/s', '--for', '5s', '--ramp', '9s'], /--ramp 9s is longer than --for 5s/],
    [[...client, '--arrivals', '9000/s', '--for', '1h'], /one run has at most 500000/],
    [[...client, '--at', '3s', '--workers', '1'], /--at goes with --at-once/],
  ];
  const results = await Promise.all(wrong.map(([flags]) => runCli(['load', ...flags])));
  for (const [index, { code, stderr }] of results.entries()) {
    expect(code).toBe(2);
    expect(stderr).toMatch(wrong[index]?.[1] ?? /^$/);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  }
});

test('why calls failed is told, what most say first', { timeout: 30_000 }, async () => {
  const folder = tempFolder();
  const client = join(folder, 'client.mjs');
  writeFileSync(
    client,
    "export default ({ callId }) => { throw new Error(callId === 'call-1' ? 'no key' : 'no such model'); };\n",
  );
  const { stdout, stderr } = await runCli(['load', '--client', client, '--at-once', '5', '--json']);
  const { load } = reportSchema.parse(JSON.parse(stdout));
  expect(stderr).toBe('');
  expect(load?.errors).toEqual([
    { error: 'Error: no such model', calls: 4 },
    { error: 'Error: no key', calls: 1 },
  ]);
});

test('a client that cannot be used is told at once', { timeout: 30_000 }, async () => {
  const folder = tempFolder();
  const client = join(folder, 'client.mjs');
  writeFileSync(client, 'export const nothing = 1;\n');
  const { code, stderr } = await runCli(['load', '--client', client, ...QUICK]);
  expect(code).toBe(2);
  expect(stderr).toContain('it has no default export that is a function');
});
