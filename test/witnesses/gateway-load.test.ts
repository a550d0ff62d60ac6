import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reportSchema } from '../../src/core/report/json-schema.ts';
import { freePort } from '../support/gateway.ts';
import { runCli } from '../support/run-cli.ts';
import { installPortkey } from './gateways/installed.ts';

/*
 * A fleet before a real gateway, and the mock behind it: the verdict tells a gateway that fails over from one that does not.
 */

let folder = '';
let missing: string | undefined;
let gateway: ChildProcess | undefined;
let gatewayPort = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-load-'));
  missing = await installPortkey(folder);
  if (missing !== undefined) return;
  gatewayPort = await freePort();
  const program = join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js');
  gateway = spawn(process.execPath, [program, '--headless', `--port=${gatewayPort}`], { stdio: 'ignore' });
  for (let tries = 0; tries < 300 && !(await isUp()); tries++) await pause(100);
}, 300_000);

afterAll(async () => {
  gateway?.kill();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

async function isUp(): Promise<boolean> {
  return await fetch(`http://127.0.0.1:${gatewayPort}`).then(
    () => true,
    () => false,
  );
}

const CLIENT = `const config = process.env.GATEWAY_CONFIG;
export default async ({ baseURL, prompt, signal }) => {
  const response = await fetch(baseURL + '/chat/completions', { method: 'POST', signal,
    headers: { 'content-type': 'application/json', 'x-portkey-config': config },
    body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: prompt }] }) });
  return { ok: response.ok, text: await response.text(), error: String(response.status) };
};\n`;

/** A load of twenty calls through the gateway, which is given this config for the two providers of `failover`. */
async function loadThrough(configOf: (targets: readonly object[]) => object) {
  const port = await freePort();
  const targets = ['primary', 'backup'].map((name) => ({
    provider: 'openai',
    api_key: 'sk-one',
    custom_host: `http://127.0.0.1:${port}/s/${name}/v1`,
  }));
  const client = join(folder, 'client.mjs');
  writeFileSync(client, CLIENT);
  const through = ['--through', `http://127.0.0.1:${gatewayPort}/v1`, '--port', String(port)];
  const flags = ['--client', client, '--scenario', 'failover', ...through, '--arrivals', '5/s', '--for', '4s', '--json'];
  const { code, stdout, stderr } = await runCli(['load', ...flags], folder, {
    GATEWAY_CONFIG: JSON.stringify(configOf(targets)),
  });
  if (stdout === '') throw new Error(stderr);
  const { load, verdict } = reportSchema.parse(JSON.parse(stdout));
  return { code, load, failsOver: verdict.findings.find(({ rule }) => rule === 'fails_over')?.verdict };
}

test('Portkey with a fallback passes: two requests for each of the clients', { timeout: 60_000 }, async (context) => {
  if (missing !== undefined) return context.skip(missing);
  const { code, load, failsOver } = await loadThrough((targets) => ({
    strategy: { mode: 'fallback', on_status_codes: [503] },
    targets,
  }));
  expect([code, failsOver]).toEqual([0, 'pass']);
  expect(load?.calls).toMatchObject({ started: 20, ok: 20 });
  expect(load?.through).toMatchObject({ clients: { requests: 20 }, gateway: { requests: 40, perClientRequest: 2 } });
});

test('Portkey with one target fails: its calls do not go on', { timeout: 60_000 }, async (context) => {
  if (missing !== undefined) return context.skip(missing);
  const { code, load, failsOver } = await loadThrough(([primary = {}]) => primary);
  expect([code, failsOver]).toEqual([1, 'fail']);
  expect(load?.calls).toMatchObject({ started: 20, failed: 20 });
  expect(load?.through).toMatchObject({ clients: { requests: 20 }, gateway: { requests: 20, perClientRequest: 1 } });
});
