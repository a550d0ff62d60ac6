import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { startServer } from '../../../src/server/start.ts';
import { startMock } from '../../support/start-mock.ts';
import { endsResponse, openSocket } from '../../support/web-socket.ts';

const HOUR_MS = 60 * 60_000;

/** A server whose clock can be put forward. */
async function startWithClock(source?: string) {
  let ahead = 0;
  const clock = { now: () => systemClock.now() + ahead, wall: () => systemClock.wall() + ahead };
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    clock,
    ...(source !== undefined && { source: { text: source, name: 'test' } as never }),
  });
  onTestFinished(() => server.close(0));
  return {
    server,
    target: { baseURL: `${server.origin}/v1`, apiKey: 'sk-test' },
    goAhead: (ms: number) => void (ahead += ms),
  };
}

const LIMIT = {
  type: 'error',
  status: 400,
  error: { type: 'invalid_request_error', code: 'websocket_connection_limit_reached' },
};

test('a turn after an hour is refused, and the connection closed', async () => {
  const { server, target, goAhead } = await startWithClock();
  const socket = await openSocket(target);
  goAhead(HOUR_MS - 1_000);
  expect(await socket.ask()).toMatchObject({ type: 'response.completed' });
  goAhead(1_000);
  expect(await socket.ask()).toMatchObject(LIMIT);
  expect(await socket.closed).toEqual({ code: 1000, reason: '' });
  expect(server.engine.defaultSession.journal().map(({ status }) => status)).toEqual([101, 200]);
});

test('the hour is over also where nothing is said', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const { target, goAhead } = await startWithClock();
  const socket = await openSocket(target);
  goAhead(HOUR_MS);
  vi.advanceTimersByTime(HOUR_MS + 10);
  expect(await socket.next(endsResponse)).toMatchObject(LIMIT);
  expect((await socket.closed).code).toBe(1000);
});

test('a response that is under way when the hour is over is cut by the server', async () => {
  const { server, target, goAhead } = await startWithClock();
  const socket = await openSocket(target, { headers: { 'x-mock-fault': 'stalled_stream; after_chunks=1' } });
  socket.send({ type: 'response.create', model: 'gpt-4o', input: 'Hello' });
  await socket.next(({ type }) => type === 'response.output_text.delta');
  goAhead(HOUR_MS);
  socket.send({ type: 'response.create', model: 'gpt-4o', input: 'Hello', stream_id: 'b' });
  await socket.closed;
  await server.engine.idle();
  expect(server.engine.defaultSession.journal().slice(1)).toMatchObject([{ status: 200, closedBy: 'server', closedHow: 'fin' }]);
});

test('a frame that is longer than a body may be ends the connection', async () => {
  const mock = await startMock({ max_body: '2KiB' as never });
  const socket = await openSocket(mock);
  expect(await socket.ask({ input: 'a'.repeat(1_500) })).toMatchObject({ type: 'response.completed' });
  socket.send({ type: 'response.create', model: 'gpt-4o', input: 'a'.repeat(3_000) });
  expect((await socket.closed).code).toBe(1009);
  await mock.idle();
  expect(mock.journal()).toHaveLength(2);
});

test('a frame that is longer than bodies may be since the connection was opened is refused by itself', async () => {
  const mock = await startMock();
  const socket = await openSocket(mock);
  await fetch(`${new URL(mock.baseURL).origin}/__admin/scenario`, { method: 'PUT', body: '{ max_body: 1KiB }' });
  expect(await socket.ask({ input: 'a'.repeat(3_000) })).toMatchObject({ type: 'error', status: 413 });
});

test('what unpacks to more than a body may be ends the connection, however short it came', async () => {
  const mock = await startMock({ max_body: '64KiB' as never });
  const socket = await openSocket(mock, { perMessageDeflate: true });
  socket.send({ type: 'response.create', model: 'gpt-4o', input: 'a'.repeat(10_000_000) });
  expect((await socket.closed).code).toBe(1009);
});

test.each([
  ['text that is not UTF-8', Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0xff]), 1007],
  ['a frame without a mask', Buffer.from([0x81, 0x01, 0x41]), 1002],
  ['an opcode that nobody knows', Buffer.from([0x83, 0x80, 0, 0, 0, 0]), 1002],
])('%s ends the connection as RFC 6455 says', async (_what, bytes, code) => {
  const mock = await startMock();
  const socket = await openSocket(mock);
  (socket.ws as unknown as { _socket: NodeJS.WritableStream })._socket.write(bytes);
  expect((await socket.closed).code).toBe(code);
});

test('pings are answered', async () => {
  const mock = await startMock();
  const { ws } = await openSocket(mock);
  const pong = new Promise<string>((resolve) => ws.on('pong', (data) => resolve(String(data))));
  ws.ping('here?');
  expect(await pong).toBe('here?');
});

test('a client that sends what is wrong and reads nothing is cut off', async () => {
  const mock = await startMock();
  const socket = await openSocket(mock);
  const { _socket: raw } = socket.ws as unknown as { _socket: NodeJS.ReadableStream };
  raw.pause();
  const wrong = JSON.stringify({ type: 'x'.repeat(250) });
  const before = process.memoryUsage().arrayBuffers;
  let sent = 0;
  // Buffers of both kernels hold some megabytes.
  while (socket.ws.readyState === socket.ws.OPEN && sent < 100_000) {
    for (let more = 0; more < 200; more++) socket.ws.send(wrong);
    sent += 200;
    await sleep(1);
    if (socket.ws.bufferedAmount > 4_000_000) raw.resume();
  }
  expect(sent).toBeLessThan(100_000);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64_000_000);
});

test('a client that reads slowly gets all of a long answer, and the mock holds little of it', async () => {
  const mock = await startMock({ replies: [{ tokens: 16_000 }] });
  const socket = await openSocket(mock);
  const { _socket: raw } = socket.ws as unknown as { _socket: NodeJS.ReadableStream };
  raw.pause();
  // Together more than the system keeps for a connection.
  for (let turn = 0; turn < TURNS; turn++) socket.send({ type: 'response.create', model: 'gpt-4o', input: `Hello ${turn}` });
  await sleep(200);
  const answers = () => mock.journal().filter(({ endpoint }) => endpoint === 'responses');
  expect(answers().filter(({ t_end: end }) => end !== null).length).toBeLessThan(TURNS);
  raw.resume();
  for (let turn = 0; turn < TURNS; turn++)
    expect(await socket.next(endsResponse)).toMatchObject({ response: { usage: { output_tokens: 16_000 } } });
  await mock.idle();
  expect(answers().map(({ closedBy }) => closedBy)).toEqual(Array.from({ length: TURNS }, () => null));
  expect(answers().reduce((sum, { eventsOut }) => sum + eventsOut, 0)).toBe(socket.frames.length);
});

/** Answers of about 4 MB each. */
const TURNS = 6;

test('a client that vanishes in the middle leaves nothing in flight', async () => {
  const mock = await startMock({ latency: { inter_token: '5ms' }, replies: [{ tokens: 500 }] } as never);
  const socket = await openSocket(mock);
  socket.send({ type: 'response.create', model: 'gpt-4o', input: 'Hello' });
  await socket.next(({ type }) => type === 'response.output_text.delta');
  socket.ws.terminate();
  await mock.idle();
  expect(mock.journal().at(-1)).toMatchObject({ status: 200, closedBy: 'client' });
});
