import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createMockOpenAI } from '../../src/index.ts';
import { outcomeOfRequest } from '../support/outcome-of-request.ts';
import { startMock } from '../support/start-mock.ts';
import { openSocket } from '../support/web-socket.ts';

/** What becomes of a connection: `open`, or the code of the system's error. */
function connectTo(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve('open');
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
  });
}

/** Asks until it is answered; when that was. */
async function answeredAt(port: number): Promise<number> {
  while ((await connectTo(port)) !== 'open') await sleep(5);
  return performance.now();
}

test('what is under way is reset, and the system refuses connections', async () => {
  const mock = await startMock({
    latency: { ttft: '1m' },
    rules: [{ name: 'deploy', during: '100ms..1h', fault: 'server_down' }],
  });
  const startedAt = performance.now();
  expect(await outcomeOfRequest(mock.baseURL)).toBe('ECONNRESET');
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(95);
  expect(await connectTo(mock.port)).toBe('ECONNREFUSED');
  await mock.idle();
  expect(mock.journal()).toMatchObject([
    {
      status: null,
      closedBy: 'server',
      closedHow: 'reset',
      faultApplied: { rule: 'deploy', faults: [{ name: 'server_down' }] },
      retryable: true,
    },
  ]);
});

test('an answer is cut where it has come to, and what it had met stays in the journal', async () => {
  const mock = await startMock({
    replies: [{ tokens: 4_000 }],
    latency: { inter_token: '20ms' },
    rules: [
      { during: '150ms..1h', fault: 'server_down' },
      { name: 'late', fault: { latency: '10ms' } },
    ],
  });
  expect(await outcomeOfRequest(mock.baseURL, { stream: true })).toBe('ECONNRESET');
  await mock.idle();
  const [entry] = mock.journal();
  expect(entry).toMatchObject({ status: 200, closedBy: 'server', closedHow: 'reset' });
  expect(entry?.chunksOut).toBeGreaterThan(0);
  expect(entry?.faultApplied?.faults.map(({ name }) => name)).toEqual(['latency', 'server_down']);
});

test('WebSockets are cut, those that are being served and those that wait, and answers on them are cut by the server', async () => {
  const mock = await startMock({
    replies: [{ tokens: 4_000 }],
    latency: { inter_token: '20ms' },
    clock: 'start',
    rules: [{ name: 'deploy', during: '1s..1h', fault: 'server_down' }],
  });
  const served = await openSocket(mock);
  const waiting = await openSocket(mock);
  served.send({ type: 'response.create', model: 'gpt-4o', input: 'Hello' });
  // RFC 6455 §7.1.5: 1006 is a connection that ended without a close frame.
  expect((await served.closed).code).toBe(1006);
  expect((await waiting.closed).code).toBe(1006);
  await mock.idle();
  expect(mock.journal().filter(({ method }) => method !== 'GET')).toMatchObject([
    { protocol: 'websocket', closedBy: 'server', closedHow: 'reset', faultApplied: { rule: 'deploy' } },
  ]);
});

test('connections that only wait are reset, too', async () => {
  const mock = await startMock({ clock: 'start', rules: [{ during: '100ms..', fault: 'server_down' }] });
  const socket = connect(mock.port, '127.0.0.1');
  const ended = new Promise((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    socket.once('end', () => resolve('FIN'));
  });
  expect(await ended).toBe('ECONNRESET');
});

test('the span counts from the first request, where the clock does', async () => {
  const mock = await startMock({ rules: [{ during: '0s..1s', fault: 'server_down' }] });
  await sleep(50);
  expect(await connectTo(mock.port)).toBe('open');
  const startedAt = performance.now();
  expect(await outcomeOfRequest(mock.baseURL)).toBe('ECONNRESET');
  expect(await connectTo(mock.port)).toBe('ECONNREFUSED');
  expect((await answeredAt(mock.port)) - startedAt).toBeGreaterThanOrEqual(995);
  expect(await outcomeOfRequest(mock.baseURL)).toBe(200);
});

test('spans that come again take it down each time', async () => {
  const mock = await startMock({
    clock: 'start',
    rules: [{ during: { from: '50ms', every: '300ms', for: '100ms' }, fault: 'server_down' }],
  });
  for (let times = 0; times < 3; times++) {
    while ((await connectTo(mock.port)) !== 'ECONNREFUSED') await sleep(5);
    await answeredAt(mock.port);
  }
});

test('a reset of the session brings it back at once, and the span begins anew', async () => {
  const mock = await startMock({ rules: [{ during: '0s..1h', fault: 'server_down' }] });
  expect(await outcomeOfRequest(mock.baseURL)).toBe('ECONNRESET');
  mock.reset();
  expect(await outcomeOfRequest(mock.baseURL)).toBe('ECONNRESET');
  expect(await outcomeOfRequest(mock.baseURL)).toBe('ECONNREFUSED');
});

test('the mock closes while it is down', async () => {
  const mock = await createMockOpenAI({ scenario: { clock: 'start', rules: [{ during: '0s..', fault: 'server_down' }] } });
  expect(await connectTo(mock.port)).toBe('ECONNREFUSED');
  await mock.close();
  expect(await connectTo(mock.port)).toBe('ECONNREFUSED');
});

test('sessions go down with it, and say by which rule', async () => {
  const mock = await startMock({ rules: [{ name: 'deploy', during: '0s..1h', fault: 'server_down' }] });
  const session = mock.session({ scenario: { latency: { ttft: '1m' } } });
  const asked = outcomeOfRequest(session.baseURL);
  while (session.journal().length === 0) await sleep(5);
  expect(await outcomeOfRequest(mock.baseURL)).toBe('ECONNRESET');
  expect(await asked).toBe('ECONNRESET');
  await session.idle();
  expect(session.journal()).toMatchObject([{ faultApplied: { rule: 'deploy' } }]);
});

test.each([
  ['a session', (mock: Awaited<ReturnType<typeof startMock>>, rules: object[]) => void mock.session({ scenario: { rules } })],
  ['a rule of a session', (mock: Awaited<ReturnType<typeof startMock>>, rules: object[]) => mock.session().use(rules)],
])('%s has no server to take down', async (_name, give) => {
  const mock = await startMock();
  const giving = () => give(mock, [{ fault: 'overloaded' }, { during: '1s..2s', fault: 'server_down' }]);
  expect(giving).toThrow(/\[1\]\.fault: server_down takes down the whole server/);
});

test('a session under the scenario of the server is none of its own', async () => {
  const mock = await startMock({ rules: [{ during: '1h..2h', fault: 'server_down' }] });
  expect(() => mock.session({ seed: 9 })).not.toThrow();
});
