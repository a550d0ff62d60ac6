import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import type { MockOpenAI } from '../../../src/index.ts';
import { chatBy, http2Session, openChat, seen } from '../../support/http2-client.ts';
import { startCli } from '../../support/run-cli.ts';
import { postChat, startMock } from '../../support/start-mock.ts';

/** Asks for something without a body. */
function get(mock: MockOpenAI, path: string) {
  const stream = http2Session(mock).request({ ':path': path, authorization: `Bearer ${mock.apiKey}` });
  stream.on('error', () => undefined);
  return seen(stream);
}

test.each([{}, { tls: true }])('HTTP/2 is spoken beside HTTP/1.1 on the same port: %j', async (options) => {
  const mock = await startMock({}, options);
  const session = http2Session(mock);
  const { status, headers, text } = await chatBy(session, mock);
  expect(status).toBe(200);
  expect(headers['x-request-id']).toMatch(/^req_/);
  expect(headers['transfer-encoding']).toBeUndefined();
  expect(JSON.parse(text)).toMatchObject({ object: 'chat.completion' });
  const streamed = await chatBy(session, mock, { stream: true });
  expect(streamed.text.trimEnd().endsWith('data: [DONE]')).toBe(true);
  if (mock.tls === undefined) expect((await postChat(mock)).status).toBe(200);
  expect(mock.journal().slice(0, 2)).toMatchObject([
    {
      protocol: 'http/2',
      streamId: 1,
      connId: 1,
      connReqSeq: 1,
      closedBy: null,
      bytesOut: Buffer.byteLength(text),
      tls: mock.tls ? 'TLSv1.3' : null,
    },
    {
      protocol: 'http/2',
      streamId: 3,
      connId: 1,
      connReqSeq: 2,
      closedBy: null,
      stream: true,
      bytesOut: Buffer.byteLength(streamed.text),
    },
  ]);
});

test('models, errors, sessions and the admin API are answered by HTTP/2, too', async () => {
  const mock = await startMock();
  expect(await get(mock, '/v1/models')).toMatchObject({ status: 200, ending: 'complete' });
  expect(await get(mock, '/v1/none')).toMatchObject({ status: 404, ending: 'complete' });
  expect(await get(mock, '/s/other/v1/models')).toMatchObject({ status: 200 });
  expect(JSON.parse((await get(mock, '/__admin/health')).text)).toMatchObject({ status: 'ok' });
  expect(await get(mock, '/metrics')).toMatchObject({ status: 200 });
});

test('an answer that is longer than the window of a client waits until the client reads', async () => {
  const mock = await startMock({ replies: [{ content: 'word '.repeat(200_000) }] });
  const stream = openChat(http2Session(mock), mock);
  stream.pause();
  await new Promise((headed) => stream.once('response', headed));
  expect(mock.journal()[0]).toMatchObject({ t_end: null });
  let length = 0;
  stream.on('data', (piece: Buffer) => void (length += piece.length));
  stream.resume();
  await new Promise((ended) => stream.once('end', ended));
  // The window of node:http2 (RFC 9113 §6.9.2).
  expect(length).toBeGreaterThan(65_535);
  await expect.poll(() => mock.journal()[0]).toMatchObject({ closedBy: null, bytesOut: length });
});

test('a client that leaves one stream is noted with its code, and the others go on', async () => {
  const mock = await startMock({ rules: [{ first: 1, fault: 'hang' }] });
  const session = http2Session(mock);
  const left = openChat(session, mock);
  await expect.poll(() => mock.journal()).toHaveLength(1);
  left.close(8);
  expect(await chatBy(session, mock)).toMatchObject({ status: 200 });
  await expect.poll(() => mock.journal()[0]?.t_end).not.toBeNull();
  expect(mock.journal()[0]).toMatchObject({ closedBy: 'client', closedHow: 'rst_stream', resetCode: 'cancel', status: null });
});

test('a connection that is reset takes all of its streams with it, and the journal says so of each', async () => {
  const scenario = {
    rules: [{ match: { model: 'gpt-4o-mini' }, fault: 'connection_reset' as const }, { fault: 'hang' as const }],
  };
  const mock = await startMock(scenario);
  const session = http2Session(mock);
  const held = Array.from({ length: 5 }, () => chatBy(session, mock));
  await expect.poll(() => mock.journal()).toHaveLength(5);
  const struck = chatBy(session, mock, { model: 'gpt-4o-mini' });
  expect((await Promise.all([...held, struck])).map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => undefined));
  await mock.idle();
  expect(mock.journal()).toHaveLength(6);
  for (const entry of mock.journal())
    expect(entry).toMatchObject({ connId: 1, closedBy: 'server', closedHow: 'reset', status: null });
});

test.each([
  ['truncated_stream', { stream: true }, 'fin'],
  [{ connection_reset: { at: 'body', after_bytes: 4 } }, {}, 'reset'],
  ['empty_response', {}, 'fin'],
] as const)('%j ends the connection', async (fault, body, closedHow) => {
  const mock = await startMock({ rules: [{ first: 1, fault }] });
  const session = http2Session(mock);
  const cut = await chatBy(session, mock, body);
  expect(cut.text).not.toContain('[DONE]');
  await expect.poll(() => session.destroyed).toBe(true);
  await mock.idle();
  expect(mock.journal()).toMatchObject([{ closedBy: 'server', closedHow, resetCode: null }]);
  expect(mock.journal()[0]?.bytesOut).toBe(Buffer.byteLength(cut.text));
});

test('what means the same by any version of HTTP is the same', async () => {
  const mock = await startMock({
    rules: [{ sequence: ['rate_limit', { slow_headers: { bytes: 100, every: '5ms' } }, 'malformed_json', 'missing_done'] }],
  });
  const session = http2Session(mock);
  expect(await chatBy(session, mock)).toMatchObject({ status: 429, ending: 'complete' });
  expect(await chatBy(session, mock)).toMatchObject({ status: 200, ending: 'complete' });
  const broken = await chatBy(session, mock);
  expect(broken.status).toBe(200);
  expect(() => JSON.parse(broken.text)).toThrow(SyntaxError);
  expect((await chatBy(session, mock, { stream: true })).text).not.toContain('[DONE]');
});

test('a tunnel is refused in words that name WebSockets', async () => {
  const mock = await startMock();
  const stream = http2Session(mock).request({ ':method': 'CONNECT', ':authority': 'localhost' });
  const { status, text } = await seen(stream);
  expect(status).toBe(501);
  expect(text).toContain('WebSockets are served by HTTP/1.1');
});

test('what begins as HTTP/2 does and is none is closed', async () => {
  const mock = await startMock();
  const socket = connect(mock.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nthis is no frame, and will never be one');
  socket.resume();
  await once(socket, 'close');
  expect((await postChat(mock)).status).toBe(200);
});

test('streams that are reset as fast as they are opened end their connection, and others are served', async () => {
  const mock = await startMock({ rules: [{ match: { model: 'gpt-4o-mini' }, fault: 'hang' }] });
  const session = http2Session(mock);
  let opened = 0;
  const flood = setInterval(() => {
    for (let at = 0; at < 200 && !session.destroyed && !session.closed; at++) {
      opened += 1;
      openChat(session, mock, { model: 'gpt-4o-mini' }).close(8);
    }
  }, 1);
  await new Promise((closed) => session.once('close', closed));
  clearInterval(flood);
  expect(opened).toBeLessThan(20_000);
  expect((await chatBy(http2Session(mock), mock)).status).toBe(200);
}, 25_000);

test('a mock that closes lets streams finish', async () => {
  const mock = await startMock({ rules: [{ fault: { latency: '100ms' } }] });
  const session = http2Session(mock);
  const asked = chatBy(session, mock);
  await expect.poll(() => mock.journal()).toHaveLength(1);
  await mock.close();
  expect(await asked).toMatchObject({ status: 200, ending: 'complete' });
});

test('workers speak HTTP/2', async () => {
  const server = await startCli(['--port', '0', '--workers', '2']);
  const mock = { origin: new URL(server.firstLine).origin, apiKey: 'sk-1', tls: undefined };
  expect(await chatBy(http2Session(mock), mock)).toMatchObject({ status: 200, ending: 'complete' });
  const session = connectHttp2(mock.origin);
  const health = await seen(session.request({ ':path': '/__admin/journal' }));
  session.destroy();
  expect(JSON.parse(health.text).entries).toMatchObject([{ protocol: 'http/2', streamId: 1, closedBy: null }]);
});
