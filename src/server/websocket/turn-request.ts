import type { AskedTurn } from '../../core/openai/wire/socket-protocol.ts';
import type { Incoming } from '../../exchange/incoming.ts';

/** Header fields of the handshake that are about that one request. Lower-case. */
const OF_THE_HANDSHAKE: ReadonlySet<string> = new Set([
  'accept',
  'connection',
  'content-length',
  'content-type',
  'idempotency-key',
  'sec-websocket-extensions',
  'sec-websocket-key',
  'sec-websocket-version',
  'upgrade',
  'x-stainless-retry-count',
]);

/** What names a call in a request that asks for an answer. Codex sends the name of a thread with the handshake, which is not the call. */
const NAMES: ReadonlySet<string> = new Set(['idempotency-key', 'x-client-request-id']);

/** The header fields without those that name a call. */
export function withoutNames(headers: Incoming['headers']): Incoming['headers'] {
  return without(NAMES, headers);
}

function without(names: ReadonlySet<string>, headers: Incoming['headers']): Incoming['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.has(name)));
}

/** What a handshake says of each request that is made on its connection. */
export interface HandshakeFacts {
  readonly target: string;
  readonly headers: Incoming['headers'];
}

/** The header fields of a handshake that hold for the requests on its connection. */
export function lastingHeaders(headers: Incoming['headers']): Incoming['headers'] {
  return without(OF_THE_HANDSHAKE, headers);
}

/** A turn of a WebSocket as the request that it is. `socket` stands for the connection. */
export function turnRequest(
  { body, at, continuesLast, generates }: AskedTurn,
  { target, headers }: HandshakeFacts,
  {
    socket,
    connection,
    maxBytes,
  }: { readonly socket: string; readonly connection: Incoming['connection']; readonly maxBytes: number },
): Incoming {
  const bytes = Buffer.from(body);
  return {
    method: 'POST',
    target,
    // What is prepared is no answer.
    headers: generates ? headers : withoutNames(headers),
    body: bytes,
    oversized: bytes.length > maxBytes,
    connection,
    headersAt: at,
    bodyEndAt: at,
    protocol: 'websocket',
    carrier: 'frames',
    turn: { socket, continuesLast, generates },
  };
}
