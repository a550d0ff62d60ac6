import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reportSchema } from '../../src/core/report/json-schema.ts';
import { freePort } from '../support/gateway.ts';
import { runCli } from '../support/run-cli.ts';
import { installLitellm } from './gateways/installed.ts';
import { pythonOf } from './installed-packages.ts';

/*
 * A fleet before the router of LiteLLM, and the mock behind it: the verdict tells a router with fallbacks from one without.
 */

const SERVER = fileURLToPath(new URL('gateways/router_server.py', import.meta.url));
/** Python may take long to import it. */
const UP_TRIES = 600;

let folder = '';
let missing: string | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'router-load-'));
  missing = await installLitellm(join(folder, 'python'));
}, 400_000);

// Thousands of files.
afterAll(() => rm(folder, { recursive: true, force: true }), 60_000);

const CLIENT = `export default async ({ baseURL, prompt, signal }) => {
  const response = await fetch(baseURL + '/chat/completions', { method: 'POST', signal,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: prompt }] }) });
  return { ok: response.ok, text: await response.text(), error: String(response.status) };
};\n`;

/** Twenty calls through a router with these settings, of which `spare` is a deployment at the second provider of `failover`. */
async function loadThrough(settings: object) {
  const [port, mockPort] = [await freePort(), await freePort()];
  const args = [SERVER, String(port), String(mockPort), JSON.stringify(settings)];
  const env = { ...process.env, LITELLM_LOCAL_MODEL_COST_MAP: 'True' };
  const router = spawn(pythonOf(join(folder, 'python')), args, { stdio: 'ignore', env });
  try {
    const url = `http://127.0.0.1:${port}`;
    for (let tries = 0; tries < UP_TRIES && !(await isUp(url)); tries++) await pause(100);
    const client = join(folder, 'client.mjs');
    writeFileSync(client, CLIENT);
    const through = ['--through', `${url}/v1`, '--port', String(mockPort)];
    const flags = ['--client', client, '--scenario', 'failover', ...through, '--arrivals', '5/s', '--for', '4s', '--json'];
    const { code, stdout, stderr } = await runCli(['load', ...flags], folder);
    if (stdout === '') throw new Error(stderr);
    const { load, verdict } = reportSchema.parse(JSON.parse(stdout));
    return { code, load, failsOver: verdict.findings.find(({ rule }) => rule === 'fails_over')?.verdict };
  } finally {
    router.kill();
  }
}

async function isUp(url: string): Promise<boolean> {
  return await fetch(url).then(
    () => true,
    () => false,
  );
}

test('the router of LiteLLM with fallbacks passes', { timeout: 120_000 }, async (context) => {
  if (missing !== undefined) return context.skip(missing);
  const settings = { num_retries: 0, disable_cooldowns: true, fallbacks: [{ 'gpt-4o': ['spare'] }] };
  const { load, failsOver } = await loadThrough(settings);
  expect(failsOver).toBe('pass');
  expect(load?.calls).toMatchObject({ started: 20, ok: 20 });
  expect(load?.through).toMatchObject({ clients: { requests: 20 }, gateway: { requests: 40, perClientRequest: 2 } });
});

test('the router of LiteLLM without fallbacks fails', { timeout: 120_000 }, async (context) => {
  if (missing !== undefined) return context.skip(missing);
  const { code, load, failsOver } = await loadThrough({ num_retries: 0, disable_cooldowns: true });
  expect([code, failsOver]).toEqual([1, 'fail']);
  expect(load?.calls).toMatchObject({ started: 20, failed: 20 });
  expect(load?.through).toMatchObject({ clients: { requests: 20 }, gateway: { requests: 20, perClientRequest: 1 } });
});
