import type { IncomingMessage } from 'node:http';

export interface ReadBody {
  readonly body: Uint8Array;
  /** The body is longer than the limit; the rest is thrown away as it arrives. */
  readonly oversized: boolean;
  /** The client left before the body was complete. */
  readonly abandoned: boolean;
}

const EMPTY = new Uint8Array(0);

/** Reads the body up to the limit. */
export function readBody(request: IncomingMessage, limit: number): Promise<ReadBody> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let length = 0;
    const finish = (oversized: boolean, abandoned: boolean) => {
      // A copy: the chunks are views of the large buffers the socket reads into.
      const body = oversized || chunks.length === 0 ? EMPTY : Buffer.concat(chunks);
      chunks = [];
      resolve({ body, oversized, abandoned });
    };
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else finish(true, false);
    });
    request.on('end', () => finish(false, false));
    request.on('close', () => finish(false, true));
    request.on('error', () => finish(false, true));
  });
}
