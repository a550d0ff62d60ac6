import type { Connection } from './connection.ts';
import type { ArrivedRequest } from './http-exchange.ts';

/** How the reading of a body ended. */
export interface BodyRead {
  readonly body: Uint8Array;
  /** The body is longer than the limit; the rest is thrown away as it arrives. */
  readonly oversized: boolean;
  /** The client left before the body was complete. */
  readonly abandoned: boolean;
}

export const NO_BODY = new Uint8Array(0);

/** Each chunk has memory of its own: the parser copies it from where the socket reads. */
function joined(chunks: readonly Buffer[]): Uint8Array {
  const [first, ...others] = chunks;
  if (first === undefined) return NO_BODY;
  return others.length === 0 ? first : Buffer.concat(chunks);
}

/** Reads the body up to the limit, and calls back once. */
export function readBody(
  request: ArrivedRequest,
  { connection, limit }: { readonly connection: Connection; readonly limit: number },
  done: (read: BodyRead) => void,
): void {
  if (request.destroyed) {
    done({ body: NO_BODY, oversized: false, abandoned: true });
    return;
  }
  let chunks: Buffer[] = [];
  let length = 0;
  let over = false;
  const finish = (oversized: boolean, abandoned: boolean) => {
    if (over) return;
    over = true;
    connection.unfollow(leave);
    const body = oversized ? NO_BODY : joined(chunks);
    // The request lives as long as its answer, and with it whatever listens to it.
    chunks = [];
    done({ body, oversized, abandoned });
  };
  const leave = () => finish(false, true);
  connection.follow(leave);
  request.deliver({
    chunk(bytes) {
      length += bytes.length;
      if (over) return;
      if (length <= limit) chunks.push(bytes);
      else finish(true, false);
    },
    end: () => finish(false, false),
  });
}
