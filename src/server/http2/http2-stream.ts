import { Http2ServerResponse, type ServerHttp2Stream } from 'node:http2';
import type { Clock } from '../../core/clock.ts';
import type { ClosedHow } from '../../core/journal/entry.ts';
import { type Http2Code, http2CodeNumber, http2CodeOf } from '../../core/wire/http2-code.ts';
import type { IncomingConnection, Target } from '../../exchange/incoming.ts';
import type { PresetOutcome } from '../../exchange/prepare.ts';
import type { Exchange } from '../../session/exchange.ts';
import type { ClientConnection } from '../client-connection.ts';
import type { HttpExchange, PlainResponse, RequestConnection, Turn } from '../http-exchange.ts';
import { unacknowledged } from '../unacknowledged.ts';
import type { Http2Request } from './http2-request.ts';
import { Http2ResponseWriter } from './http2-response-writer.ts';

/** What a stream asks of the session that it is in. */
export interface StreamSession {
  readonly tcp: ClientConnection;
  goAway(code: Http2Code, serveOpen: boolean): void;
}

/** Streams do not wait for each other. */
const AT_ONCE: Turn = { whenReady: (callback) => callback(), done: () => undefined };

export interface StreamParts {
  readonly stream: ServerHttp2Stream;
  readonly request: Http2Request;
  readonly target: Target;
  readonly session: StreamSession;
}

/** One stream of HTTP/2: a request, the ways to answer it, and what its reply sees of the connection. */
export class Http2Stream implements HttpExchange, RequestConnection {
  readonly request: Http2Request;
  readonly target: Target;
  readonly #stream: ServerHttp2Stream;
  readonly #session: StreamSession;
  readonly #state: IncomingConnection;
  /** Wants to know when the stream closes: the body that is read, then the answer. */
  #follower: (() => void) | undefined;
  #endedHow: ClosedHow | undefined;
  /** By which we have reset it. */
  #resetCode: Http2Code | undefined;
  #response: (PlainResponse & Http2ServerResponse) | undefined;

  constructor({ stream, request, target, session }: StreamParts) {
    this.request = request;
    this.target = target;
    this.#stream = stream;
    this.#session = session;
    this.#state = session.tcp.state();
  }

  get connection(): RequestConnection {
    return this;
  }

  /** Some of the answer has left. */
  get isBegun(): boolean {
    return this.#stream.headersSent;
  }

  get isOpen(): boolean {
    return !this.#stream.destroyed && !this.#stream.closed;
  }

  get response(): PlainResponse & Http2ServerResponse {
    return (this.#response ??= Object.assign(new Http2ServerResponse(this.#stream), { shouldKeepAlive: true }));
  }

  openWriter(exchange: Pick<Exchange, 'headSent'>, clock: Clock): Http2ResponseWriter {
    const { tcp } = this.#session;
    const target = { stream: this.#stream, method: this.request.method, clock, unacknowledged: () => unacknowledged(tcp.socket) };
    return new Http2ResponseWriter(target, exchange);
  }

  get endedHow(): ClosedHow | undefined {
    return this.#endedHow ?? this.#session.tcp.endedHow;
  }

  set endedHow(how: ClosedHow | undefined) {
    this.#endedHow = how;
  }

  get isCut(): boolean {
    return this.#session.tcp.isCut;
  }

  get isDestroyed(): boolean {
    return this.#stream.destroyed;
  }

  get clientEnded(): boolean {
    return this.#session.tcp.clientEnded;
  }

  get resetCode(): Http2Code | undefined {
    if (this.#resetCode !== undefined) return this.#resetCode;
    const { tcp } = this.#session;
    const isAlone = this.#stream.closed && !tcp.isDestroyed && !tcp.clientEnded;
    return isAlone && this.endedHow === undefined ? http2CodeOf(this.#stream.rstCode ?? 0) : undefined;
  }

  follow(closed: () => void): void {
    this.#follower = closed;
  }

  unfollow(closed: () => void): void {
    if (this.#follower === closed) this.#follower = undefined;
  }

  /** To be called when the stream is closed. */
  closed(): void {
    this.#follower?.();
  }

  claim(): Turn {
    return AT_ONCE;
  }

  endTurnWith(): void {
    // There are no turns.
  }

  presetNext(preset: PresetOutcome): void {
    this.#session.tcp.presetNext(preset);
  }

  takePreset(): PresetOutcome | undefined {
    return this.#session.tcp.takePreset();
  }

  state(): IncomingConnection {
    return this.#state;
  }

  end(how: 'fin' | 'reset'): void {
    this.#session.tcp.end(how);
  }

  resetStream(code: Http2Code): void {
    this.#endedHow = 'rst_stream';
    this.#resetCode = code;
    resetWith(this.#stream, http2CodeNumber(code));
  }

  /** The stream is refused as one that was not processed, by what the session says. `alone`: it says nothing of this one. */
  refuse(alone: boolean): void {
    this.#endedHow = 'go_away';
    if (alone) resetWith(this.#stream, http2CodeNumber('refused_stream'));
  }

  goAway(code: Http2Code, { serveOpen }: { readonly serveOpen: boolean }): void {
    this.#session.goAway(code, serveOpen);
  }
}

/**
 * Resets a stream by its code. `close` of node:http2 ends the answer first, so that the client reads a whole answer and no
 * code: here its end is kept from the wire.
 */
function resetWith(stream: ServerHttp2Stream, code: number): void {
  stream._final = (done) => done();
  stream.close(code);
}
