import {
  Http2ServerRequest,
  type IncomingHttpHeaders,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { type Http2Code, http2CodeNumber } from '../../core/wire/http2-code.ts';
import type { Target } from '../../exchange/incoming.ts';
import { parseTarget } from '../../exchange/incoming.ts';
import { sendProblem } from '../admin/send-problem.ts';
import type { AdminListener } from '../admin-listener.ts';
import type { ClientConnection } from '../client-connection.ts';
import type { HttpExchange, PlainResponse } from '../http-exchange.ts';
import { hasStoppedReading } from './has-stopped-reading.ts';
import { http1Headers } from './http1-headers.ts';
import { Http2Request } from './http2-request.ts';
import { Http2Stream, type StreamSession } from './http2-stream.ts';

/** Streams that a client may have open at once: what RFC 9113 §6.5.2 advises at least, and most edges allow. */
const MAX_STREAMS = 100;
/** So much of a body may come before it is read. Bytes. */
const STREAM_WINDOW = 1024 * 1024;
const CONNECTION_WINDOW = 8 * 1024 * 1024;
/** Fields of a request. */
const MAX_FIELDS = 200;
/** Of a request: names, values and 32 for each field (RFC 9113 §6.5.2). Bytes; as many as node:http takes. */
const MAX_HEAD_BYTES = 16 * 1024;
/** What a session may hold. Megabytes. */
const MAX_SESSION_MEMORY = 32;
/** Between two looks for sessions that nghttp2 has ended. */
const LOOK_MS = 500;

const OPTIONS = {
  maxHeaderListPairs: MAX_FIELDS,
  maxSessionMemory: MAX_SESSION_MEMORY,
  settings: {
    maxConcurrentStreams: MAX_STREAMS,
    initialWindowSize: STREAM_WINDOW,
    maxHeaderListSize: MAX_HEAD_BYTES,
    enablePush: false,
  },
};

/** What answers the requests. */
export interface Http2Parts {
  /** Answers what is for the mock itself; undefined where nothing is. */
  readonly admin: AdminListener | undefined;
  /** Whether the request is for the mock itself. */
  isOurs(target: Target): boolean;
  receive(exchange: HttpExchange): void;
  failed(response: PlainResponse, error: unknown): void;
}

/** The connections of a server by which HTTP/2 is spoken. */
export class Http2Connections {
  readonly #parts: Http2Parts;
  readonly #open = new Set<Http2Connection>();
  #isLeaving = false;
  /** Runs while there are any. */
  #looks: NodeJS.Timeout | undefined;

  constructor(parts: Http2Parts) {
    this.#parts = parts;
  }

  /** Speaks HTTP/2 on the connection; what was read of it stands in its socket. */
  serve(tcp: ClientConnection): void {
    const connection = new Http2Connection(tcp, this.#parts, () => this.#closed(connection));
    this.#open.add(connection);
    this.#looks ??= setInterval(() => this.#endDead(), LOOK_MS).unref();
    if (this.#isLeaving) connection.leave();
  }

  /** Takes no more requests; each ends when those under way are over. */
  leave(): void {
    this.#isLeaving = true;
    for (const connection of this.#open) connection.leave();
  }

  /** The server goes down: of a connection that is spared, the streams of the scenario are cut all the same. */
  cut(): void {
    for (const connection of this.#open) connection.cutStreams();
  }

  /** Ends all at once. */
  cutAll(): void {
    for (const connection of this.#open) connection.cut();
  }

  #endDead(): void {
    for (const connection of this.#open) connection.endIfDead();
  }

  #closed(connection: Http2Connection): void {
    this.#open.delete(connection);
    if (this.#open.size > 0) return;
    clearInterval(this.#looks);
    this.#looks = undefined;
  }
}

/** One connection by which HTTP/2 is spoken. */
class Http2Connection implements StreamSession {
  readonly tcp: ClientConnection;
  readonly #parts: Http2Parts;
  readonly #session: ServerHttp2Session;
  readonly #streams = new Map<number, Http2Stream>();
  #lastId = 0;
  /** The last stream of which some of the answer had left as it closed. */
  #lastFinished = 0;
  /** Requests to the mock itself. */
  readonly #ofAdmin = new WeakSet<Http2Stream>();
  /** It was said that no more streams are served. */
  #isGoing = false;
  /** The client said so. */
  #clientIsGoing = false;

  constructor(tcp: ClientConnection, parts: Http2Parts, closed: () => void) {
    this.tcp = tcp;
    this.#parts = parts;
    // As node:http2 has it: a client that closes its side has left.
    tcp.socket.allowHalfOpen = false;
    this.#session = performServerHandshake(tcp.socket, OPTIONS);
    this.#session.on('connect', () => this.#session.setLocalWindowSize(CONNECTION_WINDOW));
    this.#session.on('stream', (stream, headers) => this.#receive(stream, headers));
    // What was wrong with it is seen as it closes.
    this.#session.on('error', () => undefined);
    this.#session.on('goaway', () => void (this.#clientIsGoing = true));
    this.#session.on('close', closed);
  }

  leave(): void {
    if (!this.#session.destroyed) this.#session.close();
  }

  cut(): void {
    this.tcp.endedHow ??= 'fin';
    this.tcp.socket.destroy();
  }

  cutStreams(): void {
    if (!this.tcp.isCut || this.tcp.endedHow !== undefined) return;
    for (const stream of this.#streams.values()) if (!this.#ofAdmin.has(stream)) stream.resetStream('internal_error');
  }

  /** Ends the connection where nghttp2 has ended the session. */
  endIfDead(): void {
    const { tcp } = this;
    if (tcp.endedHow === undefined && !this.#session.destroyed && hasStoppedReading(tcp.socket, tcp.tcp)) tcp.end('fin');
  }

  goAway(code: Http2Code, serveOpen: boolean): void {
    if (this.#session.destroyed) return;
    const isFirst = !this.#isGoing;
    this.#isGoing = true;
    const number = http2CodeNumber(code);
    if (serveOpen) {
      // What comes behind it, nghttp2 throws away.
      if (isFirst) this.#session.goaway(number, this.#lastId);
      return;
    }
    const begun = [...this.#streams].filter(([, stream]) => stream.isBegun).map(([id]) => id);
    const finished = this.#lastFinished;
    // Node cannot say 0, that no stream was processed.
    const last = Math.max(1, finished, ...begun);
    for (const [id, stream] of this.#streams) if (!stream.isBegun) stream.refuse(id <= last);
    this.#session.goaway(number, last);
    this.#endSoon();
  }

  #receive(stream: ServerHttp2Stream, fields: IncomingHttpHeaders): void {
    const { tcp } = this;
    const { admin, isOurs, receive } = this.#parts;
    // What was wrong with it is seen as it closes.
    stream.on('error', () => undefined);
    // Sent to a connection that we have closed.
    if (tcp.endedHow !== undefined) return;
    const id = stream.id ?? 0;
    if (this.#isGoing || tcp.isCut) {
      stream.close(http2CodeNumber('refused_stream'));
      return;
    }
    tcp.requests += 1;
    this.#lastId = id;
    const request = new Http2Request(stream, fields);
    if (fields.expect?.toLowerCase() === '100-continue') stream.additionalHeaders({ ':status': 100 });
    const target = parseTarget(request.url);
    const exchange = new Http2Stream({ stream, request, target, session: this });
    this.#streams.set(id, exchange);
    stream.on('close', () => this.#closed(id, exchange));
    if (request.method === 'CONNECT') refuseConnect(exchange);
    else if (admin !== undefined && isOurs(target)) this.#administer({ stream, fields, exchange, admin });
    else receive(exchange);
  }

  #administer({ stream, fields, exchange, admin }: AdminRequest): void {
    const { failed } = this.#parts;
    const { response } = exchange;
    this.#ofAdmin.add(exchange);
    this.tcp.spareWhile(response);
    const headers = http1Headers(fields);
    const request = new Http2ServerRequest(stream, fields, {}, Object.entries(headers).flat());
    let isWhole = stream.endAfterHeaders;
    stream.once('end', () => void (isWhole ||= !stream.aborted));
    // What answers is made for node:http: it reads the fields of HTTP/1.1, asks for what both have, and whether all of a body
    // has come, of which node:http2 says the same where the stream was reset.
    Object.defineProperties(request, { headers: { value: headers }, complete: { get: () => isWhole } });
    const pair = [request, response] as unknown as Parameters<AdminListener>;
    admin(...pair).catch((error: unknown) => failed(response, error));
  }

  /** node:http2 ends the session, and its streams before the connection, for what the client did wrong. */
  #noteBreak(): void {
    const { tcp } = this;
    if (this.#session.destroyed && !tcp.isDestroyed && !tcp.clientEnded && !this.#clientIsGoing) tcp.endedHow ??= 'fin';
  }

  #closed(id: number, exchange: Http2Stream): void {
    this.#noteBreak();
    exchange.closed();
    this.#streams.delete(id);
    if (exchange.isBegun) this.#lastFinished = Math.max(this.#lastFinished, id);
    if (this.#isGoing && this.#streams.size === 0) this.#endSoon();
  }

  /** Ends the connection when what was said is on its way. */
  #endSoon(): void {
    setImmediate(() =>
      setImmediate(() => {
        if (this.tcp.endedHow === undefined && !this.tcp.isDestroyed) this.tcp.end('fin');
      }),
    );
  }
}

/** A request to the mock itself. */
interface AdminRequest {
  readonly stream: ServerHttp2Stream;
  readonly fields: IncomingHttpHeaders;
  readonly exchange: Http2Stream;
  readonly admin: AdminListener;
}

function refuseConnect({ response }: Http2Stream): void {
  sendProblem(response, {
    status: 501,
    title: 'The mock makes no tunnels.',
    detail: 'WebSockets are served by HTTP/1.1: open one by a GET with Upgrade (RFC 6455).',
  });
}
