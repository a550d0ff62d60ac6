import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { body, textOf, unlessStream } from './chat.mjs';

/* The gateway of Portkey, one for all calls of a process. Who asks it does not retry. */

const PROGRAM = new URL('node_modules/@portkey-ai/gateway/build/start-server.js', import.meta.url).pathname;

const port = await freePort();
const gateway = spawn(process.execPath, [PROGRAM, '--headless', `--port=${port}`], { stdio: ['ignore', 'ignore', 'inherit'] });
process.once('exit', () => gateway.kill());
await untilAnswering();
gateway.unref();

export default unlessStream(async ({ baseURL, apiKey, prompt, signal }) => {
  const retry = { attempts: 3, use_retry_after_header: true };
  const config = { provider: 'openai', api_key: apiKey, custom_host: baseURL, retry };
  const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-portkey-config': JSON.stringify(config) },
    body: JSON.stringify(body(prompt)),
    signal,
  });
  if (!response.ok) return { ok: false, error: `${response.status} ${(await response.text()).slice(0, 300)}` };
  return textOf(await response.json());
});

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: free } = server.address();
  server.close();
  return free;
}

async function untilAnswering() {
  while (gateway.exitCode === null) {
    const answers = await fetch(`http://127.0.0.1:${port}`).then(
      () => true,
      () => false,
    );
    if (answers) return;
    await pause(100);
  }
  throw new Error(`the gateway ended with ${gateway.exitCode}`);
}
