import type { ServerResponse } from 'node:http';

/** The bytes of a head that was given to the response, taken before they get to the socket. The response counts it as sent. */
export function captureHead(response: ServerResponse): Buffer {
  const { socket } = response;
  if (socket === null) throw new Error('a response that waits behind another has no bytes yet');
  const parts: Buffer[] = [];
  const { write } = socket;
  socket.write = (data: string | Uint8Array, encoding?: unknown) => {
    parts.push(typeof data === 'string' ? Buffer.from(data, encoding as BufferEncoding) : Buffer.from(data));
    return true;
  };
  try {
    response.flushHeaders();
  } finally {
    socket.write = write;
  }
  return Buffer.concat(parts);
}
