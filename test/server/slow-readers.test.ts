import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { bytesInUse } from '../support/collect-garbage.ts';
import { rawChat } from '../support/raw-http.ts';
import { postChat, startMock } from '../support/start-mock.ts';

const CLIENTS = 16;
/** An answer of about 50 MB. */
const LONG = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }], n: 128, logprobs: true, top_logprobs: 20 };
const ANSWER_BYTES = 20_000_000;
const MOST_BYTES_EACH = 2_000_000;

async function clientThatDoesNotRead(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  socket.write(rawChat(JSON.stringify(LONG)));
  await once(socket, 'readable');
  return socket;
}

/** Bytes of the rest of the answer. */
async function readToEnd(socket: Socket): Promise<number> {
  let [bytes, last] = [0, ''];
  for await (const segment of socket as AsyncIterable<Buffer>) {
    bytes += segment.length;
    last = (last + segment.subarray(-5).toString('latin1')).slice(-5);
    if (last === '0\r\n\r\n') break;
  }
  return bytes;
}

test('a long answer waits for its client; little of it is held', async () => {
  const mock = await startMock();
  await (await postChat(mock)).text();
  const before = await bytesInUse();
  const sockets: Socket[] = [];
  for (let i = 0; i < CLIENTS; i++) sockets.push(await clientThatDoesNotRead(mock.port));
  for (let i = 0; i < CLIENTS; i++) await (await postChat(mock)).text();
  expect((await bytesInUse()) - before).toBeLessThan(CLIENTS * MOST_BYTES_EACH);
  expect(await readToEnd(sockets[0] as Socket)).toBeGreaterThan(ANSWER_BYTES);
});
