import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';

/*
 * Sends strange requests to a server of a process apart, and looks at it meanwhile: no failure of its own, no crash, no pause,
 * no memory that grows, no descriptor that stays. The same seed sends the same. A pause is processor time that one turn of an
 * event loop takes (`loop-steps.mjs`): on a busy machine, delays by the clock say little of the server.
 *
 *   npm run fuzz -- --minutes 10 [--requests N] [--seed N] [--workers N]
 */

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    requests: { type: 'string', default: 'Infinity' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '1' },
  },
});
const CONNECTIONS = 8;
const endsAt = Date.now() + Number(values.minutes) * 60_000;
const most = Number(values.requests);

/** mulberry32: a number from 0 to 1 for each call. */
function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const main = new URL('../dist/cli/main.js', import.meta.url);
const stepsFolder = mkdtempSync(join(tmpdir(), 'fuzz-'));
const server = spawn(process.execPath, [main.pathname, 'serve', '--port', '0', '--workers', values.workers], {
  stdio: ['ignore', 'pipe', 'pipe'],
  // Workers inherit it.
  env: {
    ...process.env,
    LOOP_STEPS_DIR: stepsFolder,
    NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --import ${new URL('loop-steps.mjs', import.meta.url)}`,
  },
});
let told = '';
server.stderr.on('data', (chunk) => {
  told = (told + chunk).slice(-20_000);
});
// A fault of this program leaves no server behind.
process.once('exit', () => server.kill('SIGKILL'));
let ended;
server.once('exit', (code, signal) => {
  ended = signal ?? code;
});
const [first] = await once(server.stdout, 'data');
const port = Number(new URL(String(first).trim()).port);

const STRANGE = [
  ...JSON.parse(readFileSync(new URL('../test/support/strange-values.json', import.meta.url), 'utf8')),
  'x'.repeat(5_000),
];
const CHAT = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }], n: 1, stream: false, tools: undefined, stop: 'x' };
const TOOL = { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: { a: { type: 'string' } } } } };
const BODIES = [
  ['/v1/chat/completions', CHAT],
  ['/v1/chat/completions', { ...CHAT, stream: true, stream_options: { include_usage: true } }],
  ['/v1/chat/completions', { ...CHAT, tools: [TOOL], tool_choice: 'required', n: 3, logprobs: true, top_logprobs: 2 }],
  [
    '/v1/responses',
    { model: 'gpt-4o', input: [{ role: 'user', content: 'Hi' }], tools: [{ type: 'function', name: 'f', parameters: {} }] },
  ],
  ['/v1/responses', { model: 'gpt-5', input: 'Hi', stream: true, background: true, store: true }],
  ['/v1/conversations', { metadata: { a: 'b' }, items: [{ type: 'message', role: 'user', content: 'Hi' }] }],
  ['/v1/embeddings', { model: 'text-embedding-3-small', input: ['a', 'b'], dimensions: 8 }],
  ['/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21', CHAT],
  ['//openai/v1/chat/completions', { ...CHAT, stream: true, stream_options: { include_usage: true } }],
  ['/openai/v1/responses?api-version=preview', { model: 'gpt-5', input: 'Hi', stream: true }],
  ['/openai/responses?api-version=2025-03-01-preview', { model: 'gpt-4o', input: 'Hi', background: true }],
  ['/openai/deployments/a%0Ab/embeddings?api-version=2024-10-21', { input: ['a', 'b'], dimensions: 8 }],
  ['/openai/deployments/gpt-35-turbo/completions?api-version=2024-10-21', { prompt: ['a'], logprobs: 2, n: 2 }],
  ['/v1/moderations', { model: 'omni-moderation-latest', input: 'a' }],
  ['/v1/completions', { model: 'gpt-3.5-turbo-instruct', prompt: ['a'], max_tokens: 5, logprobs: 2, n: 2, echo: true }],
];
const FAULTS = [
  'server_error',
  'rate_limit',
  'rate_limit: { retry_after: 1s }',
  'connection_reset',
  'empty_response',
  'truncated_stream',
  'malformed_json',
  'malformed_chunk',
  '[',
  '{',
  'x'.repeat(9_000),
  ' '.repeat(9_000),
  'early_close',
  'split_utf8',
  'stream_error',
  'http_error: 418',
  '&a *a',
  '!!x y',
];
const TEXTS = [
  '{}',
  'rules: [{ first: 1, fault: server_error }]',
  'rules: [{ every: 2, fault: rate_limit }]',
  '[',
  '&a [*a]',
  'rules: [{ fault: nothing }]',
  '- '.repeat(500),
  'name: x\nlimits: { "*": { rpm: 600 } }',
  'a: b: c',
  '\t',
  '"',
  'rules: [{ match: { prompt: "/(a*)*/" }, fault: ok }]',
  'expect: { max_attempts: 3 }',
  '{ first: 1, fault: rate_limit }',
  '[{ every: 3, fault: ok }, { first: 2, fault: connection_reset }]',
  '---\n---',
  'validation: lenient\nunmatched_reply: error\nreplies: [{ match: { model: gpt-5 }, content: Hi }]',
  'validation: off',
  'validation: off\ncompression: true\nrecord: { bodies: 1KiB, headers: true }',
  'compression: true\nrules: [{ every: 3, fault: { truncated_body: {} } }, { every: 4, fault: { truncated_stream: { end: reset } } }]',
  'record: { bodies: 100, headers: true }\nlatency: { inter_token: 1ms }\ncompression: true',
];
const CODINGS = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync };
const ACCEPTED = ['gzip', 'br', 'gzip, deflate, br', '*', 'br;q=0.1, gzip;q=0', 'identity', ';;q=', 'gzip;q=2, br;q=x'];
const ADMIN = [
  'health',
  'journal',
  'journal?since=1',
  'journal?since=x',
  'calls',
  'verdict',
  'verdict?ended=true',
  'verdict?x',
  'scenario',
  'rules',
  'sessions',
  'nothing',
];
const RAW = [
  'GET / HTTP/1.1\r\n\r\n',
  'GET /v1/models HTTP/1.0\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\u0016\u0003\u0001\u0002',
  'POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{',
  'GET /v1/models HTTP/1.1\r\nHost: a b\r\n\r\n',
  'GET  /v1 HTTP/1.1\r\n\r\n',
  `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  'GET /__admin/health HTTP/1.1\r\nHost: [\r\n\r\n',
  'TRACE /__admin/health HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET /v1/models HTTP/1.1\r\nHost: x\r\nx-mock-fault: connection_reset\r\n\r\nGET /__admin/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
];

function mutated(value, random) {
  const isContainer = typeof value === 'object' && value !== null;
  const keys = isContainer ? Object.keys(value) : [];
  if (keys.length === 0 || random() < 0.15) return pick(STRANGE, random);
  const key = pick(keys, random);
  const copy = Array.isArray(value) ? [...value] : { ...value };
  if (random() < 0.15) delete copy[key];
  else copy[key] = mutated(value[key], random);
  return copy;
}

function pick(list, random) {
  return list[Math.floor(random() * list.length)];
}

const seen = new Map();
const failures = [];
let sent = 0;

function note(kind, status, text) {
  seen.set(`${kind} ${status}`, (seen.get(`${kind} ${status}`) ?? 0) + 1);
  if (text.includes('mock-openai itself failed') && failures.length < 20) failures.push(`${kind}: ${text.slice(0, 500)}`);
}

function ask(agent, { kind, method, path, headers = {}, body = '' }, random) {
  return new Promise((resolve) => {
    const asked = request(
      { agent, port, host: '127.0.0.1', method, path, headers: { authorization: 'Bearer sk-fuzz', ...headers } },
      (response) => {
        let text = '';
        const leaves = random() < 0.02;
        response.setEncoding('latin1');
        response.on('data', (chunk) => {
          if (text.length < 2_000) text += chunk;
          if (leaves) asked.destroy();
        });
        response.on('close', () => {
          note(kind, response.statusCode, text);
          resolve();
        });
      },
    );
    const timer = setTimeout(() => asked.destroy(), 20_000);
    asked.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
    asked.on('error', () => note(kind, 'cut', ''));
    asked.end(body);
  });
}

function askRaw(random) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = pick(RAW, random);
    if (random() < 0.5) {
      const at = Math.floor(random() * text.length);
      text = text.slice(0, at) + String.fromCharCode(Math.floor(random() * 256)) + text.slice(at + (random() < 0.5 ? 1 : 0));
    }
    let got = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      if (got.length < 2_000) got += chunk;
      socket.end();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      note('raw', got.slice(9, 12) || 'cut', got);
      resolve();
    });
    socket.write(Buffer.from(text, 'latin1'));
    setTimeout(() => (random() < 0.5 ? socket.resetAndDestroy() : socket.end()), 5);
  });
}

/** Some requests in a coding, some of these broken, and some that accept one. */
function coded(asked, random) {
  const headers = { ...asked.headers };
  if (random() < 0.3) headers['accept-encoding'] = pick(ACCEPTED, random);
  if (random() < 0.9 || asked.body === undefined) return { ...asked, headers };
  const coding = pick(Object.keys(CODINGS), random);
  headers['content-encoding'] = random() < 0.1 ? pick(['snappy', 'gzip, br', ',,', 'gzip;q=1'], random) : coding;
  const body = CODINGS[coding](asked.body);
  return { ...asked, headers, body: random() < 0.1 ? body.subarray(0, Math.floor(random() * body.length)) : body };
}

function next(random) {
  const session = random() < 0.3 ? `/s/f${Math.floor(random() * 30)}` : '';
  const kind = random();
  const json = { 'content-type': 'application/json' };
  if (kind < 0.72) {
    const [path, valid] = pick(BODIES, random);
    let body = valid;
    for (let changes = Math.floor(random() * 3); changes > 0; changes--) body = mutated(body, random);
    let text = JSON.stringify(body) ?? '';
    if (random() < 0.05) text = text.slice(0, Math.floor(random() * text.length));
    return { kind: 'api', method: 'POST', path: session + path, headers: json, body: text };
  }
  if (kind < 0.86) {
    const [path, body] = pick(BODIES, random);
    return {
      kind: 'fault',
      method: 'POST',
      path: session + path,
      headers: { ...json, 'x-mock-fault': pick(FAULTS, random) },
      body: JSON.stringify(body),
    };
  }
  if (kind < 0.92) {
    const method = pick(['GET', 'GET', 'GET', 'DELETE', 'POST', 'PATCH'], random);
    // The default session has most requests. Reading all of them takes longer than answering a thousand.
    const read = random() < 0.02 ? session : `/s/f${Math.floor(random() * 30)}`;
    return { kind: 'admin', method, path: `${read}/__admin/${pick(ADMIN, random)}` };
  }
  const [method, path] = pick(
    [
      ['PUT', 'scenario'],
      ['POST', 'rules'],
      ['POST', 'verdict'],
      ['POST', 'sessions'],
      ['POST', 'reset'],
    ],
    random,
  );
  // The default session stays as it is, so that most requests are answered.
  const isolated = path === 'sessions' ? session : `/s/f${Math.floor(random() * 30)}`;
  return {
    kind: path,
    method,
    path: `${isolated}/__admin/${path}`,
    headers: { 'content-type': 'text/plain' },
    body: pick(TEXTS, random),
  };
}

async function client(number) {
  const random = randomOf(Number(values.seed) * 1_000 + number);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  while (Date.now() < endsAt && sent < most && ended === undefined) {
    sent += 1;
    if (random() < 0.02) await askRaw(random);
    else await ask(agent, coded(next(random), random), random);
    if (random() < 0.01) await ask(agent, { kind: 'close', method: 'DELETE', path: '/__admin/sessions' }, random);
  }
  agent.destroy();
}

/** The longest that a request waited that asks for next to nothing. */
let longestMs = 0;
async function watch() {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  while (Date.now() < endsAt && sent < most && ended === undefined) {
    const started = performance.now();
    await ask(agent, { kind: 'watch', method: 'GET', path: '/s/watched/v1/models/gpt-4o' }, () => 1);
    longestMs = Math.max(longestMs, performance.now() - started);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  agent.destroy();
}

/** How late the server says that the loops of its processes were, in milliseconds, a row a second. It keeps ten minutes. */
async function loopDelays() {
  const url = `http://127.0.0.1:${port}/__admin/journal?since=${Number.MAX_SAFE_INTEGER}`;
  try {
    return (await (await fetch(url)).json()).event_loop_delay_ms;
  } catch {
    return [];
  }
}

let loopDelayMs = 0;
/** `since` is by the clock of the server: what it imports when it starts does not count. */
async function noteLoopDelays(since) {
  for (const { at, max } of await loopDelays()) if (at > since) loopDelayMs = Math.max(loopDelayMs, max);
}

function usage() {
  try {
    const rssMb = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) / 1_024;
    return { rssMb: Math.round(rssMb), descriptors: readdirSync(`/proc/${server.pid}/fd`).length };
  } catch {
    return {};
  }
}

/** The turns of the event loops that took most processor time, with what was served in them. */
function longestSteps() {
  const steps = readdirSync(stepsFolder).flatMap((name) => JSON.parse(readFileSync(join(stepsFolder, name), 'utf8')));
  rmSync(stepsFolder, { recursive: true });
  const longest = (msOf) =>
    steps
      .toSorted((one, other) => msOf(other) - msOf(one))
      .slice(0, 5)
      .map(({ ms, collectedMs, fromMs, requests }) => ({
        ms: Math.round(ms),
        collectedMs: Math.round(collectedMs),
        atSecond: Math.round(fromMs / 1_000),
        requests,
      }));
  return { inAll: longest(({ ms }) => ms), withoutCollections: longest(({ ms, collectedMs }) => ms - collectedMs) };
}

await new Promise((resolve) => setTimeout(resolve, 2_000));
const before = usage();
const settledAt = (await loopDelays()).at(-1)?.at ?? 0;
const started = Date.now();
const rssMbByMinute = [];
const timer = setInterval(() => {
  noteLoopDelays(settledAt);
  rssMbByMinute.push(usage().rssMb);
}, 60_000);
await Promise.all([watch(), ...Array.from({ length: CONNECTIONS }, (_, number) => client(number))]);
const seconds = (Date.now() - started) / 1_000;
await new Promise((resolve) => setTimeout(resolve, 2_000));
clearInterval(timer);
await noteLoopDelays(settledAt);
const health = ended === undefined ? await fetch(`http://127.0.0.1:${port}/__admin/health`).then((answer) => answer.json()) : {};
const after = usage();
const crashed = ended;
if (crashed === undefined) {
  server.kill('SIGTERM');
  await once(server, 'exit');
}
const statuses = Object.fromEntries([...seen].sort(([a], [b]) => (a < b ? -1 : 1)));
const trouble = told.split('\n').filter((line) => /failed|Error|at .*\.js/.test(line));
const report = JSON.stringify(
  {
    seed: values.seed,
    sent,
    seconds,
    before,
    after,
    rssMbByMinute,
    inFlight: health.in_flight,
    sessions: health.sessions,
    longestMs: Math.round(longestMs),
    loopDelayMs,
    longestSteps: longestSteps(),
    statuses,
    failures,
    stderr: trouble.slice(0, 20),
    crashed: crashed ?? null,
  },
  null,
  2,
);
process.stdout.write(`${report}\n`);
const isSound = crashed === undefined && failures.length === 0 && trouble.length === 0 && health.in_flight === 0;
process.exitCode = isSound ? 0 : 1;
