import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../core/clock.ts';
import type { Head, Reply, Write } from '../core/reply/effect.ts';
import type { Performed } from '../engine/performed.ts';

/** The two ends of one exchange, and whom to tell about the head. */
export interface Wire {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly clock: Clock;
  /** Called just before the head is handed to the socket. */
  headSent(head: Head): void;
}

/** Bytes that may wait for the client before the writer waits too. */
const HIGH_WATER_BYTES = 64 * 1024;

/** Carries out a reply, effect by effect, and tells what became of it. Stops when the client leaves. */
export async function perform(reply: Reply, wire: Wire): Promise<Performed> {
  const performance = new Performance(wire);
  performance.open();
  for (const effect of reply) {
    if (performance.over) break;
    switch (effect.type) {
      case 'wait':
        await performance.wait(effect.ms);
        break;
      case 'head':
        performance.head(effect);
        break;
      case 'write':
        performance.write(effect);
        if (performance.backlogged) await performance.drained();
        break;
      case 'end':
        await performance.end();
        break;
      case 'close':
        performance.leave('fin', (socket) => socket.end());
        break;
      case 'reset':
        performance.leave('reset', (socket) => socket.resetAndDestroy());
        break;
      case 'hang':
        await performance.left();
        break;
      default:
        effect satisfies never;
    }
  }
  return performance.result();
}

class Performance {
  readonly #wire: Wire;
  #bytesOut = 0;
  #chunksOut = 0;
  #eventsOut = 0;
  #lastByteAt: number | null = null;
  #clientCloseAt: number | null = null;
  #closedBy: Performed['closedBy'] = null;
  #closedHow: Performed['closedHow'] = null;
  #complete = false;
  #wake: (() => void) | undefined;
  readonly #closed = (): void => {
    if (!this.over && !this.#wire.response.writableFinished) {
      this.#closedBy = 'client';
      this.#closedHow = this.#wire.request.socket.readableEnded ? 'fin' : 'reset';
      this.#clientCloseAt = this.#wire.clock.now();
    }
    this.#wake?.();
  };

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  /** The exchange is over, one way or another. */
  get over(): boolean {
    return this.#complete || this.#closedBy !== null;
  }

  get backlogged(): boolean {
    return this.#wire.response.writableLength > HIGH_WATER_BYTES;
  }

  open(): void {
    const { response } = this.#wire;
    response.sendDate = false;
    // Writes that are ready together leave together.
    response.cork();
    response.on('close', this.#closed);
    response.on('error', this.#closed);
    // A response that waits behind another on its connection hears of nothing but its own turn.
    this.#wire.request.socket.on('close', this.#closed);
    if (response.destroyed || this.#wire.request.socket.destroyed) this.#closed();
  }

  async wait(ms: number): Promise<void> {
    this.#flush();
    await this.#pause((wake) => {
      const timer = setTimeout(wake, ms);
      return () => clearTimeout(timer);
    });
    this.#wire.response.cork();
  }

  head(head: Head): void {
    const { response, request } = this.#wire;
    this.#wire.headSent(head);
    response.writeHead(head.status, fieldsFor(head, request, response));
  }

  write({ data, events = [] }: Write): void {
    const { request, response, clock } = this.#wire;
    response.write(data, (error) => {
      if (error != null || request.method === 'HEAD') return;
      this.#bytesOut += typeof data === 'string' ? Buffer.byteLength(data) : data.byteLength;
      this.#eventsOut += events.length;
      for (const kind of events) if (kind === 'content') this.#chunksOut += 1;
    });
    this.#lastByteAt = clock.now();
  }

  /** Waits until the client has taken what was written. */
  async drained(): Promise<void> {
    const { response } = this.#wire;
    this.#flush();
    if (response.writableNeedDrain) {
      await this.#pause((wake) => {
        response.once('drain', wake);
        return () => response.off('drain', wake);
      });
    }
    response.cork();
  }

  async end(): Promise<void> {
    const { response } = this.#wire;
    response.end();
    this.#flush();
    if (!response.writableFinished) {
      await this.#pause((wake) => {
        response.once('finish', wake);
        return () => response.off('finish', wake);
      });
    }
    if (this.#closedBy !== null) return;
    this.#complete = true;
    this.#lastByteAt = this.#wire.clock.now();
  }

  /** Ends the connection from our side, the answer unfinished. */
  leave(how: 'fin' | 'reset', end: (socket: Socket) => void): void {
    this.#flush();
    this.#closedBy = 'server';
    this.#closedHow = how;
    end(this.#wire.request.socket);
  }

  /** Waits for the client to leave. */
  async left(): Promise<void> {
    this.#flush();
    await this.#pause(() => () => undefined);
  }

  result(): Performed {
    this.#wire.request.socket.off('close', this.#closed);
    return {
      lastByteAt: this.#lastByteAt,
      clientCloseAt: this.#clientCloseAt,
      closedBy: this.#closedBy,
      closedHow: this.#closedHow,
      bytesOut: this.#bytesOut,
      chunksOut: this.#chunksOut,
      eventsOut: this.#eventsOut,
    };
  }

  #flush(): void {
    const { response } = this.#wire;
    while (response.writableCorked > 0) response.uncork();
  }

  /** Sleeps until `start`'s callback is called or the connection is gone. */
  #pause(start: (wake: () => void) => () => void): Promise<void> {
    if (this.over) return Promise.resolve();
    return new Promise((resolve) => {
      const stop = start(() => this.#wake?.());
      this.#wake = () => {
        this.#wake = undefined;
        stop();
        resolve();
      };
    });
  }
}

/** The head's fields as node:http takes them, hop-by-hop ones adapted to the client (RFC 9112 §6.1, §9.3). */
function fieldsFor({ headers }: Head, request: IncomingMessage, response: ServerResponse): string[] {
  const fields: string[] = [];
  const chunks = request.httpVersionMajor > 1 || request.httpVersionMinor > 0;
  const framed = chunks || headers.some(([name]) => name.toLowerCase() === 'content-length');
  // Without a frame, the end of the connection is the end of the body.
  if (!framed) response.shouldKeepAlive = false;
  if (!headers.some(([name]) => name.toLowerCase() === 'connection')) response.removeHeader('connection');
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (lower === 'transfer-encoding' && !chunks) continue;
    fields.push(name, lower === 'connection' && !response.shouldKeepAlive ? 'close' : value);
  }
  return fields;
}
