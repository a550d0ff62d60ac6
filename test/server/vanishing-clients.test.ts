import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { below, fork } from '../../src/core/random.ts';
import type { MockOpenAI } from '../../src/index.ts';
import { bytesInUse } from '../support/collect-garbage.ts';
import { readMessage } from '../support/http-message.ts';
import { rawChat, rawExchange } from '../support/raw-http.ts';
import { startMock } from '../support/start-mock.ts';

const STREAM = rawChat(JSON.stringify({ model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'Hello' }] }));
const HEAD_LENGTH = STREAM.indexOf('\r\n\r\n') + 4;
const random = fork('vanishing clients');

/** Leaves by FIN or by RST. */
function leave(socket: Socket): 'fin' | 'reset' {
  const how = random() < 0.5 ? 'fin' : 'reset';
  if (how === 'fin') socket.destroy();
  else socket.resetAndDestroy();
  return how;
}

interface Left {
  /** Of the client. */
  readonly port: number;
  readonly offset: number;
  readonly how: 'fin' | 'reset';
}

/** A client that sends so many bytes of its request and leaves. */
function leaveWhileSending(mock: MockOpenAI, offset: number): Promise<Left> {
  return new Promise((resolve, reject) => {
    const socket = connect(mock.port, '127.0.0.1', () => {
      const port = socket.localPort ?? 0;
      const go = () => {
        socket.once('close', () => resolve({ port, offset, how }));
        const how = leave(socket);
      };
      if (offset === 0) go();
      else socket.write(STREAM.slice(0, offset), go);
    });
    socket.on('error', reject);
  });
}

let readers = 0;

/** A client that reads so many bytes of the answer, at least, and leaves. It has a name: ports are used again. */
function leaveWhileReading(mock: MockOpenAI, offset: number): Promise<Left & { readonly read: number; readonly name: string }> {
  readers += 1;
  const name = `reader-${readers}`;
  const request = STREAM.replace('\r\n\r\n', `\r\nx-client-request-id: ${name}\r\n\r\n`);
  return new Promise((resolve, reject) => {
    let read = 0;
    const socket = connect(mock.port, '127.0.0.1', () => socket.write(request));
    socket.on('error', reject);
    socket.on('data', (segment) => {
      read += segment.length;
      if (read < offset) return;
      const port = socket.localPort ?? 0;
      socket.removeAllListeners('data');
      socket.once('close', () => resolve({ port, offset, how, read, name }));
      const how = leave(socket);
    });
  });
}

async function inBatches<T>(items: readonly number[], act: (item: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let at = 0; at < items.length; at += 50) results.push(...(await Promise.all(items.slice(at, at + 50).map(act))));
  return results;
}

const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

test('clients that leave at every byte of their request are in the journal, once the head was complete', async () => {
  const mock = await startMock({ rules: [{ fault: 'stalled_stream' }] });
  const before = sockets();
  const left = await inBatches([...Array(STREAM.length + 1).keys()], (offset) => leaveWhileSending(mock, offset));
  await expect.poll(() => mock.journal().length).toBe(STREAM.length + 1 - HEAD_LENGTH);
  await mock.idle();
  await expect.poll(sockets).toBeLessThanOrEqual(before);
  // Each left another part of the body.
  const entries = new Map(mock.journal().map((entry) => [entry.bodyBytes, entry]));
  for (const { offset, how } of left.slice(HEAD_LENGTH)) {
    const entry = entries.get(offset - HEAD_LENGTH);
    expect(entry).toMatchObject({ closedBy: 'client', path: '/v1/chat/completions' });
    expect(entry?.t_clientClose).not.toBeNull();
    if (offset === STREAM.length) continue;
    expect(entry).toMatchObject({ bodyBytes: offset - HEAD_LENGTH, t_bodyEnd: null, status: null, bytesOut: 0 });
    // A reset that is read together with data looks like an end to libuv; an end never looks like a reset.
    if (how === 'fin') expect(entry?.closedHow).toBe('fin');
  }
  expect(mock.calls().length).toBe(1);
});

test('clients that leave at any byte of the answer leave nothing open, and the journal says how far they got', async () => {
  const mock = await startMock({ replies: [{ tokens: 12 }], rules: [{ fault: { slow_body: { bytes: 90, every: '1ms' } } }] });
  const { bytes } = await rawExchange(mock.port, STREAM, (_text, seen) => readMessage(seen)?.framing === 'complete');
  const before = sockets();
  const offsets = Array.from({ length: 150 }, () => 1 + below(random, bytes.length - 100));
  const left = await inBatches(offsets, (offset) => leaveWhileReading(mock, offset));
  await mock.idle();
  await expect.poll(sockets).toBeLessThanOrEqual(before);
  const whole = readMessage(bytes)?.body.length ?? 0;
  const entries = new Map(mock.journal().map((entry) => [entry.headers['x-client-request-id'], entry]));
  for (const { name, read, offset } of left) {
    const entry = entries.get(name);
    expect(entry?.status).toBe(200);
    expect(entry?.t_end).not.toBeNull();
    // Who is almost through may be served before its leaving is read.
    if (offset < bytes.length - 1_000) expect(entry?.closedBy).toBe('client');
    expect(entry?.bytesOut).toBeLessThanOrEqual(whole);
    // Of what was read, a tenth at most is head and framing of chunks.
    if (read > 4_000) expect(entry?.bytesOut).toBeGreaterThan(1_000);
  }
});

test('idle waits for an upload, and for a client that leaves it', async () => {
  const mock = await startMock();
  const socket = connect(mock.port, '127.0.0.1');
  socket.write(STREAM.slice(0, -5));
  await expect.poll(async () => (await (await fetch(`${mock.origin}/__admin/health`)).json()).in_flight).toBe(1);
  let idle = false;
  const waiting = mock.idle().then(() => (idle = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(idle).toBe(false);
  socket.destroy();
  await waiting;
  expect(mock.journal()).toMatchObject([
    { t_bodyEnd: null, closedBy: 'client', closedHow: 'fin', bodyBytes: expect.any(Number) },
  ]);
  expect(mock.calls()).toEqual([]);
});

test('hundreds of stalled streams cost a little each, and nothing once their clients are gone', { timeout: 60_000 }, async () => {
  const mock = await startMock({ rules: [{ fault: { stalled_stream: { after_chunks: 2 } } }] });
  const before = { sockets: sockets(), timers: timers() };
  const open = await Promise.all(Array.from({ length: 300 }, () => stalled(mock)));
  await expect.poll(() => mock.journal().filter(({ t_firstByteBefore }) => t_firstByteBefore !== null).length).toBe(300);
  expect(sockets()).toBeGreaterThan(before.sockets + 500);
  expect(timers()).toBeLessThan(before.timers + 50);
  for (const socket of open) leave(socket);
  await mock.idle();
  await expect.poll(sockets).toBeLessThanOrEqual(before.sockets);
  expect(timers()).toBeLessThan(before.timers + 10);
  expect(mock.journal().every(({ closedBy, chunksOut }) => closedBy === 'client' && chunksOut === 2)).toBe(true);
});

test.each(['hang', 'stalled_stream'] as const)('%s holds nothing of the request but what the journal keeps', async (fault) => {
  const mock = await startMock({ rules: [{ fault }] });
  const content = 'x'.repeat(400_000);
  const request = rawChat(STREAM.slice(HEAD_LENGTH).replace('Hello', content));
  const before = await bytesInUse();
  const open = Array.from({ length: 100 }, () => connect(mock.port, '127.0.0.1'));
  for (const socket of open) socket.on('data', () => undefined).write(request);
  // Reading the journal takes all bodies apart: seldom.
  await expect.poll(() => mock.journal().length, { interval: 500, timeout: 60_000 }).toBe(100);
  // 40 MB of bodies came; the journal keeps 16 MB of them.
  expect((await bytesInUse()) - before).toBeLessThan(30_000_000);
  for (const socket of open) socket.destroy();
  await mock.idle();
});

const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

function stalled(mock: MockOpenAI): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(mock.port, '127.0.0.1', () => socket.write(STREAM));
    socket.once('data', () => resolve(socket));
    socket.on('error', reject);
  });
}
