import type { Context, MiddlewareHandler } from 'hono';

/**
 * Answers with `tooLong` where the body of a request has more than `maxBytes`. Not by the middleware of Hono: that fails on
 * a request without `content-length` (`curl -X POST`, an upload in chunks) behind Hono's server for Node.
 */
export function limitBody(maxBytes: number, tooLong: (c: Context) => Response): MiddlewareHandler {
  return async (c, next) => {
    const { raw } = c.req;
    const length = raw.headers.get('content-length');
    if (length !== null && !raw.headers.has('transfer-encoding')) return Number(length) > maxBytes ? tooLong(c) : next();
    if (raw.body === null) return next();
    const pieces: Uint8Array[] = [];
    let size = 0;
    for await (const piece of raw.body) {
      size += piece.length;
      if (size > maxBytes) return tooLong(c);
      pieces.push(piece);
    }
    c.req.raw = new Request(raw.url, { method: raw.method, headers: raw.headers, body: Buffer.concat(pieces) });
    return next();
  };
}
