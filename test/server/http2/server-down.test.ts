import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import type { RuleInput } from '../../../src/index.ts';
import { chatBy, http2Session, seen } from '../../support/http2-client.ts';
import { secureChat } from '../../support/secure-request.ts';
import { startMock } from '../../support/start-mock.ts';

const DOWN: RuleInput = { name: 'deploy', during: '500ms..1h', fault: 'server_down' };

test.each([{}, { tls: true }])(
  'a server that goes down takes all streams with it, and refuses connections: %j',
  async (options) => {
    const mock = await startMock({ latency: { ttft: '1m' }, rules: [DOWN] }, options);
    const session = http2Session(mock);
    const chats = await Promise.all(Array.from({ length: 5 }, () => chatBy(session, mock)));
    expect(chats.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => undefined));
    await mock.idle();
    for (const entry of mock.journal())
      expect(entry).toMatchObject({
        protocol: 'http/2',
        closedBy: 'server',
        closedHow: 'reset',
        status: null,
        retryable: true,
        faultApplied: { rule: 'deploy', faults: [{ name: 'server_down' }] },
      });
    expect(mock.journal()).toHaveLength(5);
    const refused = http2Session(mock);
    const [error] = await once(refused, 'error');
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  },
);

test('by HTTP/1.1 over TLS it does the same', async () => {
  const mock = await startMock({ latency: { ttft: '1m' }, rules: [DOWN] }, { tls: true });
  expect(await secureChat(mock)).toBe('ECONNRESET');
  expect(await secureChat(mock)).toBe('ECONNREFUSED');
});

test('a handshake that is under way is reset', async () => {
  const mock = await startMock({ rules: [{ ...DOWN, during: '0s..1h' }] }, { tls: true });
  const socket = connect(mock.port, '127.0.0.1');
  await once(socket, 'connect');
  const failed = once(socket, 'error');
  // It starts the clock of the scenario.
  expect(await secureChat(mock)).toBe('ECONNRESET');
  expect(await failed).toMatchObject([{ code: 'ECONNRESET' }]);
});

test('a request to the mock itself is spared for a while, the streams beside it are reset, and new ones are refused', async () => {
  const mock = await startMock({ latency: { ttft: '1m' }, rules: [{ ...DOWN, during: '0s..1h' }] });
  const session = http2Session(mock);
  const feed = session.request({ ':path': '/__admin/events' });
  feed.on('error', () => undefined);
  await once(feed, 'response');
  // It starts the clock of the scenario.
  expect(await chatBy(session, mock)).toMatchObject({ status: undefined, ending: 'INTERNAL_ERROR' });
  expect(await chatBy(session, mock)).toMatchObject({ status: undefined, ending: 'REFUSED_STREAM' });
  expect(feed.destroyed).toBe(false);
  const { text } = await seen(feed);
  expect(text).toContain('deploy');
  expect(session.destroyed).toBe(true);
  expect(mock.journal()).toMatchObject([
    { closedBy: 'server', closedHow: 'rst_stream', resetCode: 'internal_error', faultApplied: { rule: 'deploy' } },
  ]);
});
