import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { MockOpenAI } from '../../../src/index.ts';
import {
  END_HEADERS,
  FRAME,
  fieldBlock,
  frame,
  get,
  PREFACE,
  type RawHttp2,
  rawHttp2,
  requestFields,
} from '../../support/raw-http2.ts';
import { startMock } from '../../support/start-mock.ts';

const PING = frame(FRAME.PING, { payload: Buffer.alloc(8) });
const OPEN_HEAD = frame(FRAME.HEADERS, { stream: 3, payload: fieldBlock(requestFields('/v1/models')) });

/** What ends a session (RFC 9113 §5.4.1). Of some node:http2 learns, of some it does not. */
const ERRORS = {
  'fields that are no HPACK': frame(FRAME.HEADERS, { flags: END_HEADERS, stream: 3, payload: Buffer.alloc(6, 0xff) }),
  'a PING of 7 bytes': frame(FRAME.PING, { payload: Buffer.alloc(7) }),
  'SETTINGS of 5 bytes': frame(FRAME.SETTINGS, { payload: Buffer.alloc(5) }),
  'SETTINGS on a stream': frame(FRAME.SETTINGS, { stream: 1 }),
  'DATA on the connection': frame(FRAME.DATA, { payload: Buffer.alloc(4) }),
  'DATA on a stream that was never open': frame(FRAME.DATA, { stream: 99, payload: Buffer.alloc(4) }),
  'a CONTINUATION of nothing': frame(FRAME.CONTINUATION, { flags: END_HEADERS, stream: 1 }),
  'a frame within the fields of another': Buffer.concat([OPEN_HEAD, PING]),
  'a frame that is too large': frame(FRAME.DATA, { stream: 1, payload: Buffer.alloc(20_000) }),
  'a GOAWAY of 3 bytes': frame(FRAME.GOAWAY, { payload: Buffer.alloc(3) }),
  'padding beyond its frame': frame(FRAME.HEADERS, { flags: END_HEADERS | 0x8, stream: 3, payload: Buffer.of(255, 0) }),
  'a window beyond 2^31': frame(FRAME.WINDOW_UPDATE, { payload: Buffer.of(0x7f, 255, 255, 255) }),
};

const ANSWERED: [what: string, rules: { fault: 'hang' }[]][] = [
  ['is being answered', []],
  ['is never answered', [{ fault: 'hang' }]],
];

/** Sends a request and, at once, an error: each on a connection of its own. */
async function connectionsWith(mock: MockOpenAI): Promise<[what: string, raw: RawHttp2][]> {
  return await Promise.all(
    Object.entries(ERRORS).map(async ([what, error]): Promise<[string, RawHttp2]> => {
      const raw = rawHttp2(mock.port);
      await raw.next(({ type }) => type === FRAME.SETTINGS);
      raw.send(get(1, `/v1/models?${encodeURIComponent(what)}`), error);
      await raw.next(({ type }) => type === FRAME.GOAWAY);
      return [what, raw];
    }),
  );
}

test.each(ANSWERED)('what is against HTTP/2 ends the connection, and the request on it that %s', async (_what, rules) => {
  const mock = await startMock({ rules });
  for (const [, raw] of await connectionsWith(mock)) await raw.closed;
  await mock.idle();
  const ends = mock.journal().map(({ path, closedBy, closedHow, resetCode }) => ({ path, closedBy, closedHow, resetCode }));
  const expected = ends.map(({ path }) => ({ path, closedBy: 'server', closedHow: 'fin', resetCode: null }));
  expect(ends).toEqual(expected);
  expect(ends).toHaveLength(Object.keys(ERRORS).length);
});

test.each(ANSWERED)('a client that leaves after what is against HTTP/2 leaves no request open that %s', async (_what, rules) => {
  const mock = await startMock({ rules });
  for (const [, raw] of await connectionsWith(mock)) raw.socket.destroy();
  await mock.idle();
  expect(mock.journal().filter(({ closedBy }) => closedBy === null)).toEqual([]);
});

test('a session that nghttp2 has ended is closed where no request is open', async () => {
  const mock = await startMock();
  const raw = rawHttp2(mock.port);
  raw.send(ERRORS['a PING of 7 bytes']);
  await raw.closed;
});

test.each([
  ['no request open', [frame(FRAME.SETTINGS)], []],
  ['a request open', [frame(FRAME.SETTINGS), get(1, '/v1/models')], [{ closedBy: 'client', closedHow: 'fin' }]],
])('a client that closes its side of the connection with %s has left', async (_what, frames, ends) => {
  const mock = await startMock({ rules: [{ fault: 'hang' }] });
  const socket = connect({ port: mock.port, host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  socket.resume();
  socket.write(Buffer.concat([PREFACE, ...frames]));
  await expect.poll(() => mock.journal().length).toBe(ends.length);
  const closed = new Promise((resolve) => socket.once('end', resolve));
  socket.end();
  await closed;
  await mock.idle();
  expect(mock.journal()).toMatchObject(ends);
});
