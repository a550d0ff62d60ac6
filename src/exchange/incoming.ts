import { hash } from 'node:crypto';
import type { Connection } from '../core/correlation/correlation.ts';
import { memoize } from '../core/memo/body-memo.ts';
import { rememberLast } from '../core/memo/remember-last.ts';
import type { DialectName } from '../core/openai/dialects/dialect-name.ts';
import { routeOf } from '../core/openai/dialects/registry.ts';
import { endpointOf, socketEndpointOf } from '../core/openai/endpoints/registry.ts';
import type { ApiRequest, SentForm, SocketTurn } from '../core/openai/request/request.ts';
import type { Carrier } from '../core/wire/carrier.ts';
import type { Protocol } from '../core/wire/protocol.ts';
import type { BodyReading } from './body-reading.ts';
import { canonicalSha } from './canonical-sha.ts';

/** What the handshake of a connection by TLS has come to. */
export interface TlsFacts {
  /** `TLSv1.3`. */
  readonly version: string;
  /** The client went on with a session that it had before. */
  readonly resumed: boolean;
}

/** The connection that a request came on, or that a client has opened. */
export interface IncomingConnection extends Connection {
  readonly remotePort: number | null;
  /** Undefined where it is not encrypted. */
  readonly tls?: TlsFacts | undefined;
  /** It is being opened by TLS: no request has come. */
  readonly awaitsTls?: boolean | undefined;
}

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
  readonly connection: IncomingConnection;
  readonly headersAt: number;
  /** Null when the body was not read to its end. */
  readonly bodyEndAt: number | null;
  /** The form that its body is; undefined where it is none. */
  readonly form?: SentForm | undefined;
  /** Default: HTTP/1.1. */
  readonly protocol?: Protocol | undefined;
  /** The stream of HTTP/2 that it came on; undefined where there is none. */
  readonly streamId?: number | undefined;
  /** What its answer travels in. Default: a response of HTTP. */
  readonly carrier?: Carrier;
  /** What it has as a frame of a WebSocket; undefined where it is none. */
  readonly turn?: SocketTurn | undefined;
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

/** Splits session and call off a request target: most often the same as the last. */
export const parseTarget = rememberLast((target: string): Target => {
  const origin = ABSOLUTE.exec(target)?.[0] ?? '';
  const end = target.search(/[?#]/);
  const path = target.slice(origin.length, end < 0 ? undefined : end);
  const [prefix = '', session, call] = PREFIX.exec(path) ?? [];
  return {
    session: decode(session),
    call: decode(call),
    path: path.slice(prefix.length) || '/',
  };
});

/** How a request is read beside what is in it. */
export interface ReadingTerms {
  /** The one service that is there; undefined where the address tells. */
  readonly dialect: DialectName | undefined;
  /** The program says how many calls it makes. */
  readonly isDeclared?: boolean;
}

/** The request as core sees it. `reading` is that of its body. */
export function apiRequestOf(
  incoming: Incoming,
  path: string,
  reading: BodyReading,
  { dialect: only, isDeclared = false }: ReadingTerms,
): ApiRequest {
  const { method, headers, body, form, carrier = 'response', turn } = incoming;
  const query = queryOf(incoming.target);
  const { dialect, path: routed, deployment, misdirected } = routeOf({ path, query, headers }, only);
  const known = carrier === 'handshake' ? socketEndpointOf(routed) : endpointOf(method, routed);
  const endpoint = known === undefined || dialect.endpoint === undefined ? known : dialect.endpoint(known);
  const { sha256: bodySha256 } = reading;
  // What is remembered of a body is of OpenAI.
  const memo = dialect.modelBehind === undefined ? reading.memo : undefined;
  const keyHash = credentialHash(dialect.credentialField(headers));
  const isJson = endpoint?.takesJson === true;
  return {
    method,
    path,
    query,
    accept: headers['accept'],
    contentType: headers['content-type'],
    endpoint,
    dialect,
    deployment,
    misdirected,
    bringsToken: dialect.bringsToken?.(headers),
    key: dialect.credential(headers),
    keyHash,
    body: isJson ? bodyFor(reading.json?.value, deployment) : form?.texts,
    malformed: (isJson && reading.json === undefined) || (endpoint?.takesForm === true && form === undefined),
    form,
    bodyBytes: incoming.oversized || (isJson && reading.isTooMuch) ? Number.POSITIVE_INFINITY : body.byteLength,
    carrier,
    protocol: incoming.protocol,
    turn,
    fingerprint:
      memo === undefined
        ? fingerprintFor(incoming, path, { bodySha256, keyHash, isDeclared })
        : memoize(memo, 'fingerprint', [method, path, keyHash, isDeclared], () =>
            fingerprintFor(incoming, path, { bodySha256, keyHash, isDeclared }),
          ),
    memo,
  };
}

/** The deployment that a path names stands for the model that the body names. */
function bodyFor(body: unknown, deployment: string | undefined): unknown {
  if (deployment === undefined || typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  return { ...body, model: deployment };
}

/** What a fingerprint is made of. */
interface Marks {
  readonly bodySha256: string;
  readonly keyHash: string | undefined;
  /** Of declared calls neither the key nor the layout of the JSON tells one from another. */
  readonly isDeclared: boolean;
}

function fingerprintFor({ method, body }: Incoming, path: string, { bodySha256, keyHash, isDeclared }: Marks): string {
  if (!isDeclared) return fingerprintOf(method, path, { bodySha256, keyHash });
  const canonical = canonicalSha(body) ?? bodySha256;
  return fingerprintOf(method, path, { bodySha256: canonical, keyHash: undefined });
}

function queryOf(target: string): string | undefined {
  const start = target.indexOf('?');
  return start < 0 ? undefined : target.slice(start + 1).replace(/#.*$/s, '');
}

/** Paths up to this length stand for themselves. */
const MAX_PATH_LENGTH = 64;

/** Equal for equal requests; of hashes, 128 bits are enough to tell them apart. */
function fingerprintOf(
  method: string,
  path: string,
  { bodySha256, keyHash = '-' }: { readonly bodySha256: string; readonly keyHash: string | undefined },
): string {
  const place = path.length > MAX_PATH_LENGTH ? sha256(path) : path;
  const fingerprint = `${bodySha256.slice(0, 32)} ${keyHash} ${method} ${place}`;
  // Makes one text of the parts, which are remembered with it otherwise: tens of thousands are.
  fingerprint.charCodeAt(0);
  return fingerprint;
}

/** The first 16 hex digits of the SHA-256 of the header that carries the credential: most requests come with that of the one before. */
export const credentialHash = rememberLast((field: string | undefined): string | undefined =>
  // Its own text, not a view of the longer one.
  field === undefined ? undefined : Buffer.from(sha256(field).slice(0, 16)).toString('latin1'),
);

/** SHA-256 in hexadecimal. */
export function sha256(data: Uint8Array | string): string {
  return hash('sha256', data, 'hex');
}

function decode(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
