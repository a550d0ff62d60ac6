import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reportSchema } from '../../src/core/report/json-schema.ts';
import { freePort, startGateway } from '../support/gateway.ts';
import { runCli } from '../support/run-cli.ts';
import { runInProcess } from '../support/run-in-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** The first provider is down, the second works. */
const SCENARIO = JSON.stringify({
  name: 'primary-down',
  providers: { primary: { rules: [{ fault: 'server_error' }] }, backup: {} },
  expect: { fails_over: true, load: { success: 0.9 } },
});
/** A call may ask the gateway twice. */
const CLIENT = `export default async ({ baseURL, apiKey, prompt }) => {
  const ask = () => fetch(baseURL + '/chat/completions', { method: 'POST',
    headers: { authorization: 'Bearer ' + apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: prompt }] }) });
  let response = await ask();
  if (!response.ok) response = await ask();
  return response.ok ? { ok: true, text: await response.text() } : { ok: false, error: String(response.status) };
};\n`;

const CALLS = 6;
const LOAD = ['--at-once', String(CALLS), '--processes', '2', '--drain', '5s', '--json'];

/** Runs a load through a gateway, which is given the addresses of the two providers. */
async function loadThrough(gateway: (providers: readonly [string, string]) => Promise<string>, load = LOAD) {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const url = await gateway([`${origin}/s/primary/v1`, `${origin}/s/backup/v1`]);
  const folder = tempFolder({ 'client.mjs': CLIENT, 'scenario.json': SCENARIO });
  const client = load.includes('--command') ? [] : ['--client', join(folder, 'client.mjs')];
  const flags = [...client, '--scenario', join(folder, 'scenario.json'), '--through', url, '--port', String(port)];
  const { code, stdout, stderr } = await runCli(['load', ...flags, ...load]);
  if (stdout === '') throw new Error(stderr);
  const { load: figures, verdict } = reportSchema.parse(JSON.parse(stdout));
  const judged = (rule: string) => verdict.findings.find((finding) => finding.rule === rule)?.verdict;
  return { code, figures, verdict, judged, url };
}

test('a gateway that fails over passes, and both amplifications are told', { timeout: 60_000 }, async () => {
  const { code, figures, judged, url } = await loadThrough((upstreams) => startGateway({ upstreams }));
  expect([code, judged('fails_over'), judged('load_success')]).toEqual([0, 'pass', 'pass']);
  expect(figures?.calls).toMatchObject({ started: CALLS, ok: CALLS });
  expect(figures?.through).toEqual({
    url,
    clients: { requests: CALLS, perCall: { mean: 1, p99: 1, max: 1 }, answers: { 200: CALLS } },
    gateway: { requests: 2 * CALLS, perCall: 2, perClientRequest: 2 },
  });
  expect(figures?.targets.map(({ provider, requests, refused }) => ({ provider, requests, refused }))).toEqual([
    { provider: 'primary', requests: CALLS, refused: CALLS },
    { provider: 'backup', requests: CALLS, refused: 0 },
  ]);
});

test('a gateway that retries at the first provider, and does not fail over, fails', { timeout: 60_000 }, async () => {
  const { code, figures, judged } = await loadThrough(([primary]) => startGateway({ upstreams: [primary], tries: 3 }));
  expect([code, judged('fails_over'), judged('load_success')]).toEqual([1, 'fail', 'fail']);
  expect(figures?.calls).toMatchObject({ started: CALLS, failed: CALLS });
  expect(figures?.through).toMatchObject({
    clients: { requests: 2 * CALLS, perCall: { mean: 2 }, answers: { 500: 2 * CALLS } },
    gateway: { requests: 6 * CALLS, perCall: 6, perClientRequest: 3 },
  });
});

test('requests of a command are counted, too', { timeout: 60_000 }, async () => {
  const folder = tempFolder({
    'client.mjs': `const { OPENAI_BASE_URL, OPENAI_API_KEY, MOCK_OPENAI_PROMPT } = process.env;
${CLIENT.replace('export default', 'const call =')}
const { ok } = await call({ baseURL: OPENAI_BASE_URL, apiKey: OPENAI_API_KEY, prompt: MOCK_OPENAI_PROMPT });
process.exitCode = ok ? 0 : 1;\n`,
  });
  const command = `"${process.execPath}" "${join(folder, 'client.mjs')}"`;
  const flags = ['--command', command, '--at-once', '3', '--processes', '1', '--drain', '10s', '--json'];
  const { figures } = await loadThrough((upstreams) => startGateway({ upstreams }), flags);
  expect(figures?.calls).toMatchObject({ started: 3, ok: 3 });
  expect(figures?.through).toMatchObject({ clients: { requests: 3 }, gateway: { requests: 6, perClientRequest: 2 } });
});

test('a gateway that is gone while the load is on does not pass', { timeout: 60_000 }, async () => {
  const flags = ['--workers', '2', '--for', '1s', '--processes', '1', '--drain', '5s', '--json'];
  const { code, verdict } = await loadThrough((upstreams) => startGateway({ upstreams, lasts: 4 }), flags);
  expect([code, verdict.verdict === 'pass']).toEqual([1, false]);
  expect(verdict.cutShort).toMatch(/the gateway at http:.* could not be reached for \d+ requests of the clients/);
});

test('a gateway that asks somebody else is told where its upstream should be', { timeout: 60_000 }, async () => {
  const { code, figures, verdict } = await loadThrough(() => startGateway({ upstreams: ['http://127.0.0.1:9/v1'] }));
  expect([code, verdict.verdict]).toEqual([1, 'inconclusive']);
  expect(verdict.explain).toMatch(
    /Nothing came to http:.* It answered the clients by 502: 12\. Is its upstream http:.*\/s\/primary\/v1\?/,
  );
  expect(figures?.through?.gateway.requests).toBe(0);
});

test('what is wrong with a gateway is said in one line before the load begins', { timeout: 60_000 }, async () => {
  const folder = tempFolder({ 'client.mjs': CLIENT });
  const start = ['load', '--client', join(folder, 'client.mjs'), '--at-once', '1', '--through'];
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [['localhost:4000', '--port', '8081'], /takes the base URL of a gateway.*found "localhost:4000"/],
    [['http://127.0.0.1:9/v1'], /--through goes with --port 8081/],
    [['http://127.0.0.1:9/v1', '--port', '0'], /--through goes with --port 8081/],
    [['http://127.0.0.1:8081/v1', '--port', '8081'], /is the mock itself/],
    [
      ['http://127.0.0.1:9/v1', '--port', '8081'],
      /cannot reach the gateway of --through http:.*nothing listens there\. Start it first/,
    ],
  ];
  for (const [flags, message] of wrong) {
    const { code, stderr } = await runInProcess([...start, ...flags]);
    expect([code, stderr.trim().split('\n').length]).toEqual([2, 1]);
    expect(stderr).toMatch(message);
  }
});
