import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { reportSchema } from '../../src/core/report/json-schema.ts';
import { runCli } from '../support/run-cli.ts';
import { runInProcess } from '../support/run-in-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const FLEETS = fileURLToPath(new URL('../../examples/fleets/', import.meta.url));
const NAIVE = join(FLEETS, 'naive.mjs');

/** Two seconds of load in two processes. */
const QUICK = ['--arrivals', '20/s', '--for', '2s', '--processes', '2', '--drain', '2s'];

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
  const { load, verdict } = reportSchema.parse(JSON.parse(stdout));
  // Nothing failed by plan, so that nothing was put to the test.
  expect([code, verdict.verdict]).toEqual([1, 'inconclusive']);
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

test('background requests come at their rate, all of them, and are told apart', { timeout: 30_000 }, async () => {
  const { stdout } = await runCli(['load', '--client', NAIVE, ...QUICK, '--background', '40/s', '--json']);
  const { load } = reportSchema.parse(JSON.parse(stdout));
  expect(load?.backgroundRequests).toBe(80);
  expect(load?.calls).toMatchObject({ started: 40, ok: 40 });
  expect(load?.attempts).toBe(40);
  expect(load?.timeline.binMs).toBe(250);
  // Eighty at once would be in one bin or two, and steady ones are in eight.
  const rates = load?.timeline.moments.map(({ background }) => background) ?? [];
  expect(rates.filter((perSecond) => perSecond > 0).length).toBeGreaterThan(3);
});

test('background requests go on whatever becomes of those before them', { timeout: 30_000 }, async () => {
  const folder = tempFolder();
  const scenario = join(folder, 'broken.yaml');
  const faults = { hang: 4, truncated_body: 1, empty_response: 1, malformed_json: 1, early_close: 1 };
  writeFileSync(scenario, JSON.stringify({ rules: [{ one_of: faults }] }));
  const flags = ['--at-once', '1', '--for', '2s', '--drain', '1s', '--background', '100/s', '--processes', '1', '--json'];
  const { stdout } = await runCli(['load', '--client', NAIVE, '--scenario', scenario, ...flags]);
  const { load } = reportSchema.parse(JSON.parse(stdout));
  // A connection that is closed as it is written to takes the request along.
  expect(load?.backgroundRequests).toBeGreaterThan(100);
  expect(load?.backgroundRequests).toBeLessThanOrEqual(200);
  expect(load?.cutShort).toBeNull();
});

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
  const results = await Promise.all(wrong.map(([flags]) => runInProcess(['load', ...flags])));
  for (const [index, { code, stderr }] of results.entries()) {
    expect(code).toBe(2);
    expect(stderr).toMatch(wrong[index]?.[1] ?? /^$/);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  }
});

test('a client that the end of the load stops has not given up', { timeout: 30_000 }, async () => {
  const folder = tempFolder();
  writeFileSync(join(folder, 'hang.yaml'), 'rules: [{ fault: hang }]\n');
  const flags = ['--scenario', join(folder, 'hang.yaml'), '--at-once', '2', '--drain', '1s', '--json'];
  const { stdout } = await runCli(['load', '--client', NAIVE, ...flags]);
  const { load, verdict } = reportSchema.parse(JSON.parse(stdout));
  expect(load?.calls).toMatchObject({ started: 2, ok: 0, failed: 0, abandoned: 2 });
  expect(verdict.findings.find(({ rule }) => rule === 'aborts_hung_request')).toMatchObject({ verdict: 'inconclusive' });
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
