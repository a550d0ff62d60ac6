import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import type { Connection } from '../core/calls/sighting.ts';
import { endpointOf } from '../core/openai/endpoint.ts';
import type { ApiRequest } from '../core/openai/request.ts';

/** A request as it came off the socket. Times in milliseconds of the engine's clock. */
export interface Incoming {
  readonly method: string;
  /** The request target: `/s/a/c/b/v1/models?limit=1`. */
  readonly target: string;
  /** Lower-case names; repeated fields joined. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  /** The body was longer than the limit and was not read to its end. */
  readonly oversized: boolean;
  readonly connection: Connection & { readonly remotePort: number | null };
  readonly headersAt: number;
  /** Null when the body was not read to its end. */
  readonly bodyEndAt: number | null;
}

/** A request target taken apart. */
export interface Target {
  /** The isolated session of `/s/<session>/…`; undefined for the default one. */
  readonly session: string | undefined;
  /** The call of `/s/<session>/c/<call>/…`. */
  readonly call: string | undefined;
  /** What OpenAI would see, without the query. */
  readonly path: string;
}

/** The absolute form that proxies send (RFC 9112 §3.2.2). */
const ABSOLUTE = /^https?:\/\/[^/?#]*/i;
const PREFIX = /^\/s\/([^/]+)(?:\/c\/([^/]+))?(?=\/|$)/;

/** Splits session and call off a request target. */
export function parseTarget(target: string): Target {
  const origin = ABSOLUTE.exec(target)?.[0] ?? '';
  const end = target.search(/[?#]/);
  const path = target.slice(origin.length, end < 0 ? undefined : end);
  const [prefix = '', session, call] = PREFIX.exec(path) ?? [];
  return {
    session: decode(session),
    call: decode(call),
    path: path.slice(prefix.length) || '/',
  };
}

/** The request as core sees it. `bodySha256` is the hash of the raw body. */
export function apiRequestOf(incoming: Incoming, path: string, bodySha256: string): ApiRequest {
  const endpoint = endpointOf(incoming.method, path);
  const key = bearerKey(incoming.headers['authorization']);
  const parsed = endpoint?.takesModel ? parseJson(incoming.body) : undefined;
  return {
    method: incoming.method,
    path,
    headers: incoming.headers,
    endpoint: endpoint?.name,
    key,
    body: parsed?.value,
    malformed: parsed !== undefined && !parsed.ok,
    bodyBytes: incoming.oversized ? Number.POSITIVE_INFINITY : incoming.body.byteLength,
    fingerprint: sha256(JSON.stringify([key, incoming.method, path, bodySha256])),
  };
}

/** SHA-256 in hexadecimal. */
export function sha256(data: Uint8Array | string): string {
  return hash('sha256', data, 'hex');
}

function bearerKey(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S.*?) *$/i.exec(authorization ?? '')?.[1];
}

function parseJson(body: Uint8Array): { ok: boolean; value: unknown } {
  try {
    const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    if (isUtf8(text)) return { ok: true, value: JSON.parse(text.toString()) };
  } catch {
    // Not JSON.
  }
  return { ok: false, value: undefined };
}

function decode(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
