import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { rawChat } from '../support/raw-http.ts';
import { startMock } from '../support/start-mock.ts';

const SLOW_CLIENTS = 2;
/** Of a connection: together more than the kernels of both sides hold. */
const STREAMS = 150;
const REQUEST = rawChat(JSON.stringify({ model: 'gpt-4o', stream: true, input: 'Hello' }), [], '1.1', '/v1/responses');

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

const END = '\r\n0\r\n\r\n';

/** The ids of the response that each of so many streams names. */
async function idsOfStreams(socket: Socket, streams: number): Promise<ReadonlySet<string>[]> {
  const ids: ReadonlySet<string>[] = [];
  let rest = '';
  for await (const segment of socket as AsyncIterable<Buffer>) {
    const bodies = (rest + segment.toString('latin1')).split(END);
    rest = bodies.pop() ?? '';
    for (const body of bodies) ids.push(new Set([...body.matchAll(/"id":\s*"(resp_\w+)"/g)].map(([, id]) => id ?? '')));
    if (ids.length === streams) break;
  }
  return ids;
}

test('a stream that comes again says nothing of another, however slowly its client reads', async () => {
  const mock = await startMock({ replies: [{ tokens: 200 }] });
  const slow = await Promise.all(Array.from({ length: SLOW_CLIENTS }, () => connected(mock.port)));
  for (const socket of slow) {
    socket.pause();
    socket.write(REQUEST.repeat(STREAMS));
  }
  const quick = await connected(mock.port);
  quick.write(REQUEST.repeat(STREAMS));
  const streams = await idsOfStreams(quick, STREAMS);
  for (const socket of slow) streams.push(...(await idsOfStreams(socket, STREAMS)));
  expect(streams.map(({ size }) => size)).toEqual(streams.map(() => 1));
  expect(new Set(streams.flatMap((ids) => [...ids])).size).toBe((SLOW_CLIENTS + 1) * STREAMS);
});
