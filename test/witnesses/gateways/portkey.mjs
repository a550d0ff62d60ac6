/*
 * Calls through the gateway of Portkey, which this program starts and ends.
 * Usage: node portkey.mjs CASE, in the folder where the gateway is installed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const { OPENAI_BASE_URL, MOCK_OPENAI_PRIMARY_BASE_URL, MOCK_OPENAI_BACKUP_BASE_URL } = process.env;

const upstream = (base, more = {}) => ({ provider: 'openai', api_key: 'sk-one', custom_host: base, ...more });
const fallback = (codes, targets) => ({ strategy: { mode: 'fallback', on_status_codes: codes }, targets });

const primary = (more) => upstream(MOCK_OPENAI_PRIMARY_BASE_URL, more);
const backup = upstream(MOCK_OPENAI_BACKUP_BASE_URL);
const keys = ['sk-alpha', 'sk-beta'].map((api_key) => upstream(OPENAI_BASE_URL, { api_key }));

/** The config of the gateway, the number of calls and the milliseconds between them. */
const CASES = {
  fallback: { config: fallback([503], [primary(), backup]), calls: 10, apartMs: 100 },
  'no fallback': { config: primary(), calls: 10, apartMs: 100 },
  'fallback on 429 only': { config: fallback([429], [primary(), backup]), calls: 10, apartMs: 100 },
  'fallback after retries': { config: fallback([503], [primary({ retry: { attempts: 2 } }), backup]), calls: 10, apartMs: 100 },
  keys: { config: fallback([429], keys), calls: 10, apartMs: 100 },
  'fallback, no breaker': { config: fallback([500], [primary(), backup]), calls: 60, apartMs: 200 },
  'retries after 429': { config: upstream(OPENAI_BASE_URL, { retry: { attempts: 5 } }), calls: 10, apartMs: 100 },
  'retries after 429, as told': {
    config: upstream(OPENAI_BASE_URL, { retry: { attempts: 5, use_retry_after_header: true } }),
    calls: 10,
    apartMs: 100,
  },
};

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

async function untilAnswering(url, gateway) {
  while (gateway.exitCode === null) {
    const answers = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answers) return;
    await pause(100);
  }
  throw new Error(`the gateway ended with ${gateway.exitCode}`);
}

async function isAnswered(url, config, content) {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-portkey-config': JSON.stringify(config) },
    body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content }] }),
  });
  await response.text();
  return response.ok;
}

const { config, calls, apartMs } = CASES[process.argv[2]];
const port = await freePort();
const file = 'node_modules/@portkey-ai/gateway/build/start-server.js';
const gateway = spawn(process.execPath, [file, '--headless', `--port=${port}`], { stdio: ['ignore', 'ignore', 'inherit'] });
try {
  const url = `http://127.0.0.1:${port}`;
  await untilAnswering(url, gateway);
  const running = [];
  for (let at = 0; at < calls; at++) {
    running.push(isAnswered(url, config, `Question ${at}`));
    await pause(apartMs);
  }
  const answered = (await Promise.all(running)).filter(Boolean).length;
  process.stdout.write(`ANSWERED ${JSON.stringify({ answered, calls })}\n`);
} finally {
  gateway.kill();
}
