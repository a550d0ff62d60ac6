import type { IncomingMessage } from 'node:http';

export interface ReadBody {
  readonly body: Uint8Array;
  /** The body is longer than the limit; the rest is thrown away as it arrives. */
  readonly oversized: boolean;
}

const EMPTY = new Uint8Array(0);

/** Reads the body up to the limit. Undefined when the client left before it was complete. */
export function readBody(request: IncomingMessage, limit: number): Promise<ReadBody | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else resolve({ body: EMPTY, oversized: true });
    });
    // A copy: the chunks are views of the large buffers the socket reads into.
    request.on('end', () =>
      resolve({
        body: length === 0 ? EMPTY : Buffer.concat(chunks, length),
        oversized: false,
      }),
    );
    request.on('close', () => resolve(undefined));
    request.on('error', () => resolve(undefined));
  });
}
