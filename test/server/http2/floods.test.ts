import { expect, test } from 'vitest';
import {
  END_HEADERS,
  END_STREAM,
  FRAME,
  fieldBlock,
  frame,
  get,
  type RawHttp2,
  rawHttp2,
  requestFields,
} from '../../support/raw-http2.ts';
import { postChat, startMock } from '../../support/start-mock.ts';

const MEGABYTE = 1024 * 1024;

/** Sends the pieces until they are over, or the connection is. How many left. */
async function pour(raw: RawHttp2, pieces: number, piece: (at: number) => Buffer): Promise<number> {
  let sent = 0;
  while (sent < pieces && raw.socket.writable) {
    const flows = raw.socket.write(piece(sent));
    sent += 1;
    if (!flows) await Promise.race([raw.closed, new Promise((resolve) => raw.socket.once('drain', resolve))]);
  }
  return sent;
}

/** Memory that this process uses beyond what it did. */
function memory() {
  const before = process.memoryUsage().rss;
  return () => process.memoryUsage().rss - before;
}

const HEAD = frame(FRAME.HEADERS, { flags: END_STREAM, stream: 1, payload: fieldBlock(requestFields('/v1/models')) });
const FIELD = fieldBlock({ 'x-flood': 'y'.repeat(16_000) });

test.each([
  ['CONTINUATION frames without an end', HEAD, () => frame(FRAME.CONTINUATION, { stream: 1, payload: FIELD })],
  [
    'empty CONTINUATION frames',
    HEAD,
    () => Buffer.concat(Array.from({ length: 100 }, () => frame(FRAME.CONTINUATION, { stream: 1 }))),
  ],
  [
    'streams that are reset as they are opened',
    Buffer.alloc(0),
    (at: number) =>
      Buffer.concat([
        get(2 * at + 1, '/v1/models'),
        frame(FRAME.RST_STREAM, { stream: 2 * at + 1, payload: Buffer.of(0, 0, 0, 8) }),
      ]),
  ],
  [
    'streams beyond those that may be open',
    Buffer.alloc(0),
    (at: number) =>
      frame(FRAME.HEADERS, {
        flags: END_HEADERS,
        stream: 2 * at + 1,
        payload: fieldBlock(requestFields('/v1/chat/completions', 'POST')),
      }),
  ],
] as const)('%s end their connection by a GOAWAY or at once, and others are served', async (_what, head, piece) => {
  const mock = await startMock();
  const raw = rawHttp2(mock.port);
  const used = memory();
  raw.send(head);
  await pour(raw, 30_000, piece);
  await Promise.race([raw.closed, raw.next(({ type }) => type === FRAME.GOAWAY)]);
  expect(used()).toBeLessThan(200 * MEGABYTE);
  expect((await postChat(mock)).status).toBe(200);
});

test.each([
  ['SETTINGS', () => frame(FRAME.SETTINGS)],
  ['PING', () => frame(FRAME.PING, { payload: Buffer.alloc(8) })],
])('%s frames of a client that reads no answer are held within bounds', async (_type, piece) => {
  const mock = await startMock();
  const raw = rawHttp2(mock.port);
  raw.socket.pause();
  const used = memory();
  const many = Buffer.concat(Array.from({ length: 1_000 }, piece));
  await Promise.race([pour(raw, 3_000, () => many), new Promise((resolve) => setTimeout(resolve, 3_000))]);
  expect(used()).toBeLessThan(200 * MEGABYTE);
  expect((await postChat(mock)).status).toBe(200);
});

test('too many fields are refused, the connection or the stream, and nothing of them is in the journal', async () => {
  const mock = await startMock();
  const raw = rawHttp2(mock.port);
  const fields = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`x-${at}`, 'y']));
  const payload = fieldBlock({ ...requestFields('/v1/models'), ...fields });
  raw.send(frame(FRAME.HEADERS, { flags: END_STREAM | END_HEADERS, stream: 1, payload }));
  const refusal = await raw.next(({ type }) => type === FRAME.RST_STREAM || type === FRAME.GOAWAY);
  expect(refusal).toBeDefined();
  expect(mock.journal()).toEqual([]);
  expect((await postChat(mock)).status).toBe(200);
});

test('frames of unknown types are passed over (RFC 9113 §5.5)', async () => {
  const mock = await startMock();
  const raw = rawHttp2(mock.port);
  raw.send(frame(0xfa, { payload: Buffer.alloc(20) }), get(1, '/v1/models'));
  await raw.next(({ type, stream }) => type === FRAME.HEADERS && stream === 1);
});
