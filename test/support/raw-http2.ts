import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Types of frames (RFC 9113 §6). */
export const FRAME = {
  DATA: 0,
  HEADERS: 1,
  PRIORITY: 2,
  RST_STREAM: 3,
  SETTINGS: 4,
  PUSH_PROMISE: 5,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
  CONTINUATION: 9,
} as const;

export const END_STREAM = 0x1;
export const END_HEADERS = 0x4;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** How a connection by HTTP/2 begins (RFC 9113 §3.4). */
export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const HEADER_BYTES = 9;

/** A frame as it is sent. */
export function frame(type: number, { flags = 0, stream = 0, payload = Buffer.alloc(0) }: Partial<Frame> = {}): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUIntBE(payload.length, 0, 3);
  header.writeUInt8(type, 3);
  header.writeUInt8(flags, 4);
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

/** Fields in HPACK, each a literal that no table has (RFC 7541 §6.2.2). */
export function fieldBlock(fields: Readonly<Record<string, string>>): Buffer {
  return Buffer.concat(Object.entries(fields).flatMap(([name, value]) => [Buffer.of(0), literal(name), literal(value)]));
}

function literal(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = [];
  if (bytes.length < 127) length.push(bytes.length);
  else {
    length.push(127);
    let rest = bytes.length - 127;
    for (; rest >= 128; rest = Math.floor(rest / 128)) length.push((rest % 128) + 128);
    length.push(rest);
  }
  return Buffer.concat([Buffer.from(length), bytes]);
}

/** The fields of a request. */
export function requestFields(path: string, method = 'GET'): Record<string, string> {
  return { ':method': method, ':scheme': 'http', ':path': path, ':authority': 'localhost', authorization: 'Bearer sk-raw' };
}

/** A GET, which has no body. */
export function get(stream: number, path: string): Buffer {
  const payload = fieldBlock(requestFields(path));
  return frame(FRAME.HEADERS, { flags: END_STREAM | END_HEADERS, stream, payload });
}

/** A connection by which frames are sent as they are given, and read. */
export interface RawHttp2 {
  readonly socket: Socket;
  readonly frames: readonly Frame[];
  send(...frames: readonly Buffer[]): void;
  /** Resolves with the first frame for which it holds, those that have come included. */
  next(holds: (frame: Frame) => boolean): Promise<Frame>;
  readonly closed: Promise<void>;
}

/** Connects, and sends the preface and empty settings. */
export function rawHttp2(port: number): RawHttp2 {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  const frames: Frame[] = [];
  const waiting = new Set<() => void>();
  let read = Buffer.alloc(0);
  socket.on('error', () => undefined);
  socket.on('data', (bytes) => {
    read = Buffer.concat([read, bytes]);
    while (read.length >= HEADER_BYTES) {
      const length = read.readUIntBE(0, 3);
      if (read.length < HEADER_BYTES + length) break;
      const [type = 0, flags = 0] = [read[3], read[4]];
      const payload = read.subarray(HEADER_BYTES, HEADER_BYTES + length);
      frames.push({ type, flags, stream: read.readUInt32BE(5), payload });
      read = read.subarray(HEADER_BYTES + length);
    }
    for (const look of [...waiting]) look();
  });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const send = (...given: readonly Buffer[]) => void socket.write(Buffer.concat(given));
  socket.write(Buffer.concat([PREFACE, frame(FRAME.SETTINGS)]));
  return {
    socket,
    frames,
    send,
    closed,
    next(holds) {
      return new Promise((resolve) => {
        const look = () => {
          const found = frames.find(holds);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      });
    },
  };
}
