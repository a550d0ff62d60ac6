import { dialectOf } from '../core/openai/dialects/registry.ts';
import { endpointNamed } from '../core/openai/endpoints/registry.ts';
import type { ApiRequest } from '../core/openai/request/request.ts';
import { credentialHash, type Incoming } from '../exchange/incoming.ts';
import type { ReadRequest } from '../exchange/unread-request.ts';
import type { DecideMessage, SentRequest } from './messages.ts';
import { SENT_HEADERS } from './packing.ts';

/** What the primary is to know of a request. */
export function sentRequest(
  { method, target, headers, body, headersAt, bodyEndAt, protocol, streamId, connection }: Incoming,
  { isOpen: open }: { readonly isOpen: boolean },
): SentRequest {
  const sent: Record<string, string> = {};
  for (const name of SENT_HEADERS) {
    const value = headers[name];
    if (value !== undefined) sent[name] = value;
  }
  const { id, acceptedAt, requests, remotePort, tls, awaitsTls } = connection;
  return {
    method,
    target,
    headers: sent,
    body,
    headersAt,
    bodyEndAt,
    protocol,
    streamId,
    connection: { id, acceptedAt, requests, remotePort, tls, awaitsTls, open },
  };
}

/** The request as the engine of the primary takes it. `id`: the number that its connection has there. */
export function incomingOf(
  { method, target, headers, body, headersAt, bodyEndAt, protocol, streamId, connection }: SentRequest,
  id: number,
): Incoming {
  const { acceptedAt, requests, remotePort, tls, awaitsTls } = connection;
  return {
    method,
    target,
    headers,
    body,
    oversized: false,
    headersAt,
    bodyEndAt,
    protocol,
    streamId,
    connection: { id, acceptedAt, requests, remotePort, tls, awaitsTls },
  };
}

/** What the primary knows of a request that a worker has read. */
export function readRequestOf(
  { path, fingerprint, endpoint, dialect, bodySha256, model, stream, letThrough, recorded }: DecideMessage,
  incoming: Incoming,
): ReadRequest {
  const { method, headers } = incoming;
  const bodyBytes = incoming.body.byteLength;
  const body = { model, stream };
  const known = dialectOf(dialect);
  const request: ApiRequest = {
    method,
    path,
    query: undefined,
    accept: headers['accept'],
    contentType: headers['content-type'],
    endpoint: endpoint === undefined ? undefined : endpointNamed(endpoint),
    dialect: known,
    key: undefined,
    keyHash: credentialHash(known.credentialField(headers)),
    body,
    malformed: false,
    bodyBytes,
    fingerprint,
    memo: undefined,
  };
  return { incoming, request, bodySha256, letThrough, recorded };
}
