/*
 * Thousands of concurrent streams: [API=responses] [HTTP2=100] npm run bench:streams [streams=5000] [stalled | slow | paced]. With
 * `HTTP2` they share so many connections. The clients run in a process of their own, on a core of their own. Prints what they got,
 * resident memory per stream, processor time and event-loop delay of the server; whoever started this process is told the same
 * as a message.
 */
import { fork } from 'node:child_process';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { pinned, pinSelf } from './pin.mjs';

/** What is asked of each API, and the mark of an event with text; the opening chunk of chat has an empty content and the role before it. */
const APIS = {
  chat: { path: '/v1/chat/completions', asked: { messages: [{ role: 'user', content: 'Hello' }] }, mark: '"delta":{"content":"' },
  responses: { path: '/v1/responses', asked: { input: 'Hello' }, mark: 'event: response.output_text.delta' },
};
const { path: PATH, asked: ASKED, mark: CONTENT } = APIS[process.env.API ?? 'chat'];
const BODY = JSON.stringify({ model: 'gpt-4o', stream: true, ...ASKED });
const REQUEST = [
  `POST ${PATH} HTTP/1.1`,
  'Host: 127.0.0.1',
  'Authorization: Bearer sk-bench',
  'Content-Type: application/json',
  `Content-Length: ${BODY.length}`,
  '',
  BODY,
].join('\r\n');
const BATCH = 250;
/** Connections by HTTP/2 that the streams share; 0: each has one by HTTP/1.1. */
const CONNECTIONS = Number(process.env.HTTP2 ?? 0);

const PACE_MS = Number(process.env.PACE_MS ?? 1_000);
const KINDS = {
  stalled: { replies: [{ tokens: 60 }], rules: [{ fault: { stalled_stream: { after_chunks: 3 } } }] },
  slow: {
    replies: [{ tokens: 60 }],
    rules: [{ fault: { slow_stream: { inter_token: { min: '200ms', max: '600ms' } } } }],
  },
  /** A chunk every PACE_MS milliseconds (1,000 by default), and more chunks than the run is long. */
  paced: { replies: [{ tokens: 2_000 }], latency: { inter_token: `${PACE_MS}ms` } },
};

if (process.argv[2] === 'clients') await stream(Number(process.argv[3]), Number(process.argv[4]));
else await serve(Number(process.argv[2] ?? 5_000), process.argv[3] ?? 'stalled');

/** The server's side. */
async function serve(count, kind) {
  pinSelf(0);
  const { createMockOpenAI } = await import('../dist/index.js');
  const mock = await createMockOpenAI({ scenario: KINDS[kind] });
  const start = await level();
  const counted = async () => {
    const answered = heard('count');
    clients.send('count');
    return { ...(await answered), at: performance.now() };
  };
  const delay = monitorEventLoopDelay({ resolution: 5 });
  const clients = fork(new URL(import.meta.url), ['clients', mock.port, count], pinned(1));
  const heard = (word) => new Promise((resolve) => clients.on('message', (message) => message.kind === word && resolve(message)));
  await heard('open');
  const full = await level();
  const first = await counted();
  delay.enable();
  const before5s = process.cpuUsage();
  await sleep(5_000);
  const { user, system } = process.cpuUsage(before5s);
  delay.disable();
  const last = await counted();
  const later = await level();
  clients.send('leave');
  const { chunks, lost } = await heard('done');
  await mock.idle();
  const entries = mock.journal();
  const before = performance.now();
  let end = await level();
  while (end.handles > start.handles && performance.now() - before < 10_000) end = await level();
  const inMs = (ns) => (ns / 1e6).toFixed(1);
  print(`${count} ${kind} streams: ${lost} lost, ${chunks.min} to ${chunks.max} content chunks read by each client`);
  const rate = kind === 'paced' ? ((last.total - first.total) * PACE_MS) / (count * (last.at - first.at)) : null;
  if (rate !== null) print(`chunk rate: ${(rate * 100).toFixed(1)} % of the ideal one`);
  print(
    `journal: ${entries.length} entries, ${entries.filter(({ closedBy }) => closedBy === 'client').length} left by the client`,
  );
  print(
    `resident memory: ${mb(start.rss)} MB before, ${mb(full.rss)} MB open (${((full.rss - start.rss) / count / 1024).toFixed(1)} KiB a stream), ${mb(end.rss)} MB after`,
  );
  print(`resident memory after 5 s more: ${mb(later.rss)} MB`);
  if (kind === 'paced')
    print(`processor time: ${((user + system) / Math.max(1, last.total - first.total)).toFixed(1)} µs for each chunk`);
  print(
    `heap: ${mb(start.heap)} MB before, ${mb(full.heap)} MB open (${((full.heap - start.heap) / count / 1024).toFixed(1)} KiB a stream), ${mb(end.heap)} MB after`,
  );
  print(`handles: ${start.handles} before, ${full.handles} open, ${end.handles} after`);
  print(
    `event-loop delay over 5 s: p50 ${inMs(delay.percentile(50))} ms, p99 ${inMs(delay.percentile(99))} ms, max ${inMs(delay.max)} ms`,
  );
  const residentKib = (full.rss - start.rss) / count / 1024;
  process.send?.({
    count,
    kind,
    paceMs: PACE_MS,
    lost,
    rate,
    residentKib,
    laterKib: (later.rss - start.rss) / count / 1024,
    cpuUs: (user + system) / Math.max(1, last.total - first.total),
    delayMs: { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 },
  });
  await mock.close();
  process.disconnect?.();
}

async function level() {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await sleep(100);
  }
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heap: heapUsed, handles: process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length };
}

function print(line) {
  process.stdout.write(`${line}\n`);
}

function mb(bytes) {
  return (bytes / 1_048_576).toFixed(0);
}

/** The clients' side. */
async function stream(port, count) {
  const streams = [];
  const sessions = Array.from({ length: CONNECTIONS }, () => connectHttp2(`http://127.0.0.1:${port}`));
  const openNext = (at) => (CONNECTIONS === 0 ? open(port) : openByHttp2(sessions[at % CONNECTIONS]));
  for (let at = 0; at < count; at += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, count - at) }, (_, more) => openNext(at + more));
    streams.push(...(await Promise.all(batch)));
  }
  process.send({ kind: 'open' });
  process.on('message', (message) => {
    if (message === 'count') {
      const total = streams.reduce((sum, { contents }) => sum + contents, 0);
      process.send({ kind: 'count', total });
      return;
    }
    const chunks = streams.map(({ contents }) => contents);
    const lost = streams.filter(({ ended }, index) => ended || chunks[index] === 0).length;
    for (const { socket } of streams) socket?.destroy();
    for (const session of sessions) session.destroy();
    process.send({ kind: 'done', lost, chunks: { min: Math.min(...chunks), max: Math.max(...chunks) } }, () =>
      process.disconnect(),
    );
  });
}

/** Resolves when the first content chunks have come. */
function open(port) {
  return new Promise((resolve) => {
    const state = {
      contents: 0,
      done: false,
      ended: false,
      socket: connect(port, '127.0.0.1', () => state.socket.write(REQUEST)),
    };
    state.socket.setEncoding('utf8').on('data', (text) => {
      // A chunk that is read in two parts is missed: none is, at these paces.
      state.contents += text.split(CONTENT).length - 1;
      state.done ||= text.includes('[DONE]');
      resolve(state);
    });
    for (const event of ['end', 'error']) {
      state.socket.on(event, () => {
        state.ended ||= !state.done;
        resolve(state);
      });
    }
  });
}

/** The same as a stream of HTTP/2. */
function openByHttp2(session) {
  return new Promise((resolve) => {
    const state = { contents: 0, done: false, ended: false };
    const fields = { ':method': 'POST', ':path': PATH, authorization: 'Bearer sk-bench', 'content-type': 'application/json' };
    const stream = session.request(fields).setEncoding('utf8');
    stream.on('data', (text) => {
      state.contents += text.split(CONTENT).length - 1;
      state.done ||= text.includes('[DONE]');
      resolve(state);
    });
    stream.on('error', () => undefined);
    stream.on('close', () => {
      state.ended ||= !state.done;
      resolve(state);
    });
    stream.end(BODY);
  });
}
