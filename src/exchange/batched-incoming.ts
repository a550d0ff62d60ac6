import type { BatchedRequest } from '../core/openai/request/request.ts';
import type { Incoming } from './incoming.ts';

/** A request of a batch as it would have come off a socket: with the key of the request that made the batch. */
export function batchedIncoming({ path, body }: BatchedRequest, batch: Incoming): Incoming {
  const { authorization, 'api-key': apiKey } = batch.headers;
  return {
    method: 'POST',
    target: path,
    headers: { authorization, 'api-key': apiKey, 'content-type': 'application/json' },
    body: Buffer.from(body),
    oversized: false,
    connection: batch.connection,
    headersAt: batch.headersAt,
    bodyEndAt: batch.bodyEndAt,
    carrier: 'line',
  };
}
