import type { Socket } from 'node:net';

/** An error of the parser of node:http. */
interface ParserError extends Error {
  readonly code?: string;
  /** What it was given. */
  readonly rawPacket?: Buffer;
}

/** What node:http keeps of a connection. */
interface HeldSocket {
  readonly parser: { unconsume(): void; _consumed: boolean } | null;
  readableFlowing: boolean | null;
  readonly _handle: { _consumed?: boolean } | null;
}

/** Events that node:http listens to, each with a listener of its own beside those of others. */
const EVENTS = ['data', 'end', 'drain', 'timeout'] as const;

/** What was read, where it begins with the preface of HTTP/2 (RFC 9113 §3.4): clients begin so that know what is spoken here. */
export function prefaceIn(error: Error): Buffer | undefined {
  const { code, rawPacket } = error as ParserError;
  return code === 'HPE_PAUSED_H2_UPGRADE' ? rawPacket : undefined;
}

/** Takes a connection out of the hands of node:http, which has read nothing but the preface. What was read is read again. */
export function takeFromHttp1(socket: Socket, read: Buffer): void {
  const held = socket as unknown as HeldSocket;
  const { parser, _handle: handle } = held;
  for (const event of EVENTS) {
    for (const listener of socket.rawListeners(event))
      if (/^(?:bound )?socketOn/.test(listener.name)) socket.off(event, listener as () => void);
  }
  if (parser !== null) {
    parser.unconsume();
    parser._consumed = false;
  }
  if (handle !== null) handle._consumed = false;
  // As node:http does for an upgrade: what flows is lost where nobody listens.
  held.readableFlowing = null;
  socket.unshift(read);
}
