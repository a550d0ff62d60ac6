import type { Socket } from 'node:net';

/** What node:net keeps of a socket that is open, and its types do not say. */
interface HeldSocket {
  readonly _handle?: {
    /** Bytes that wait until the client reads. */
    readonly writeQueueSize: number;
    /** Begins to read. Not 0 where it reads already. */
    readStart(): number;
  } | null;
}

/**
 * Whether the session of HTTP/2 on a connection reads no more. nghttp2 stops where it has sent a GOAWAY for what the client did
 * wrong, and node:http2 tells nobody: what follows is not seen then, nor that the client leaves. From here on it is read again.
 * `tcp` is the socket below the one by TLS, or the same.
 */
export function hasStoppedReading(socket: Socket, tcp: Socket): boolean {
  const { _handle: above } = socket as HeldSocket;
  const { _handle: below } = tcp as HeldSocket;
  // While a client does not read, nothing is read of it, so that it cannot ask for more and more answers.
  if (above == null || below == null || above.writeQueueSize > 0 || below.writeQueueSize > 0) return false;
  return above.readStart() === 0;
}
