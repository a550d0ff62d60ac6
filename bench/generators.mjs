import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { http2Load } from './http2-load.mjs';

const HEADERS = { authorization: 'Bearer sk-bench-0123456789abcdefghijklmnop', 'content-type': 'application/json' };

/**
 * Who sends the load. Each takes the origin, the path, the bodies, the connections and the seconds, and resolves to the answers
 * a second, those that were no successes, and the requests that had no answer. Each connection, or thread, goes through the
 * bodies.
 */
export const generators = {
  async autocannon({ origin, path, bodies, connections, seconds }) {
    const requests = bodies.map((body) => ({ method: 'POST', path, headers: HEADERS, body }));
    let clients = 0;
    const setupClient = (client) => {
      // Each begins elsewhere: equal requests at one time would not be different ones.
      const at = Math.floor((clients++ * requests.length) / connections) % requests.length;
      client.setRequests([...requests.slice(at), ...requests.slice(0, at)]);
    };
    const options = { url: origin, connections, duration: seconds, requests: requests.slice(0, 1) };
    const result = await autocannon({ ...options, ...(requests.length > 1 && { setupClient }) });
    const { requests: sent, duration, throughput, non2xx, errors, timeouts } = result;
    return {
      answered: sent.total,
      rps: sent.total / duration,
      bytes: throughput.total,
      refused: non2xx,
      lost: errors + timeouts,
    };
  },
  wrk: spawnSync('wrk', ['--version']).error === undefined ? wrk : undefined,
};

/** By HTTP/2. */
export const http2Generator = (load) => http2Load({ ...load, headers: HEADERS });

/** It is pinned as this process is, which starts it. */
async function wrk({ origin, path, bodies, connections, seconds }) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const script = join(folder, 'requests.lua');
    writeFileSync(script, luaOf(bodies));
    const url = `${origin}${path}`;
    // It waits for whole seconds only.
    const duration = Math.max(1, Math.round(seconds));
    const args = ['--threads', '1', '--connections', String(connections), '--duration', `${duration}s`, '--script', script, url];
    const text = await outputOf('wrk', args);
    const number = (pattern) => Number(pattern.exec(text)?.[1] ?? 0);
    const [, ...errors] = /connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text) ?? [];
    const answered = number(/(\d+) requests in/);
    return {
      answered,
      rps: number(/Requests\/sec:\s+([\d.]+)/),
      bytes: number(/bytes=(\d+)/),
      refused: number(/Non-2xx or 3xx responses: (\d+)/),
      lost: errors.reduce((total, each) => total + Number(each), 0),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function luaOf(bodies) {
  const headers = Object.entries(HEADERS).map(([name, value]) => `["${name}"] = "${value}"`);
  return [
    `local headers = { ${headers.join(', ')} }`,
    `local bodies = { ${bodies.map((body) => `[==[${body}]==]`).join(', ')} }`,
    'local at = 0',
    'local requests = {}',
    'init = function() for i, body in ipairs(bodies) do requests[i] = wrk.format("POST", nil, headers, body) end end',
    'request = function() at = at % #requests + 1; return requests[at] end',
    'done = function(summary) print("bytes=" .. string.format("%d", summary.bytes)) end',
  ].join('\n');
}

async function outputOf(command, args) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (part) => {
    text += part;
  });
  await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  return text;
}
