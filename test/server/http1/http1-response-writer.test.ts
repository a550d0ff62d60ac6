import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { Http1ResponseWriter } from '../../../src/server/http1/http1-response-writer.ts';

const HEADERS = [['transfer-encoding', 'chunked']] as const;

/** A writer on a socket that is full: it keeps what is written until it is told to take it. */
function writing() {
  const kept: { bytes: Buffer; take: () => void }[] = [];
  let isFull = false;
  const socket = new Duplex({
    read: () => undefined,
    writev: (chunks, taken) => {
      const bytes = Buffer.concat(chunks.map(({ chunk }) => chunk as Buffer));
      if (isFull) kept.push({ bytes, take: taken });
      else {
        kept.push({ bytes, take: () => undefined });
        taken();
      }
    },
  }) as unknown as Socket;
  const request = new IncomingMessage(socket);
  Object.assign(request, { method: 'POST', httpVersionMajor: 1, httpVersionMinor: 1 });
  const response = new ServerResponse(request);
  response.assignSocket(socket);
  const target = { request, response, connection: { socket }, clock: { now: () => 0 } };
  const writer = new Http1ResponseWriter(target as unknown as ConstructorParameters<typeof Http1ResponseWriter>[0], {
    headSent: () => undefined,
  });
  const given: unknown[] = [];
  const lend = (text: string) => {
    const data = Buffer.from(text);
    writer.write({ type: 'write', data, giveBack: (back) => void given.push(back) });
    return data;
  };
  return { writer, kept, given, lend, fill: () => void (isFull = true), text: () => kept.map(({ bytes }) => String(bytes)) };
}

const HEAD = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';

test('bytes go out with the text around them in one write, and are given back', () => {
  const { writer, given, lend, text } = writing();
  writer.head({ type: 'head', status: 200, headers: HEADERS });
  const data = lend('one');
  writer.write({ type: 'write', data: 'é' });
  expect(writer.backlog).toBeGreaterThan(0);
  expect(given).toEqual([]);
  writer.end();
  expect(text()).toEqual([`${HEAD}3\r\none\r\n2\r\né\r\n0\r\n\r\n`]);
  expect(given).toEqual([data]);
  expect(writer.written).toEqual({ bytesOut: 5, chunksOut: 0, eventsOut: 0 });
});

test('bytes that the kernel did not take are not given back', () => {
  const { writer, kept, given, lend, fill, text } = writing();
  writer.head({ type: 'head', status: 200, headers: HEADERS });
  fill();
  lend('one');
  writer.flush();
  kept[0]?.take();
  expect(text()[0]).toBe(`${HEAD}3\r\none\r\n`);
  expect(given).toEqual([]);
});
