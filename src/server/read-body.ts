import type { IncomingMessage } from 'node:http';

export interface ReadBody {
  readonly body: Uint8Array;
  /** The body is longer than the limit; the rest is thrown away as it arrives. */
  readonly oversized: boolean;
  /** The client left before the body was complete. */
  readonly abandoned: boolean;
}

const EMPTY = new Uint8Array(0);

/** Of its own, so that it holds nothing of the body. */
function ignore(): void {}

/** Reads the body up to the limit. */
export function readBody(request: IncomingMessage, limit: number): Promise<ReadBody> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const take = (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else finish(true, false);
    };
    const end = () => finish(false, false);
    const leave = () => finish(false, true);
    const finish = (oversized: boolean, abandoned: boolean) => {
      // The request lives as long as its answer, and with it whatever listens to it.
      request.off('data', take).off('end', end).off('close', leave).off('error', leave);
      request.on('error', ignore).resume();
      // A copy: the chunks are views of the large buffers the socket reads into.
      resolve({ body: oversized || length === 0 ? EMPTY : Buffer.concat(chunks), oversized, abandoned });
    };
    if (request.destroyed) leave();
    else request.on('data', take).on('end', end).on('close', leave).on('error', leave);
  });
}
