import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../core/clock.ts';
import type { Effect, End, Head, Pace, Reply, Write } from '../core/reply/effect.ts';
import { fieldOf, isNamed } from '../core/reply/field.ts';
import type { Performed } from '../engine/performed.ts';
import { captureHead } from './capture-head.ts';
import type { ClientConnection } from './client-connection.ts';
import { unacknowledged } from './unacknowledged.ts';

/** The two ends of one exchange, and whom to tell of what goes out. */
export interface Wire {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly connection: ClientConnection;
  readonly clock: Clock;
  /** Called just before the head is handed to the socket. */
  headSent(head: Head): void;
  /** Called when the reply says what the next request on the connection meets. */
  doomed(reply: readonly Effect[]): void;
}

/** Bytes that may wait for the client before the writer waits too. */
const HIGH_WATER_BYTES = 64 * 1024;

/** So much fits into the receive buffer of any client's kernel. */
const SURELY_SENT_BYTES = 32 * 1024;

/** Time for the client to read what came before a reset: a client that learns of the reset first may throw it away. */
const SETTLE_MS = 30;

/** Carries out a reply, effect by effect, and tells what became of it. Stops when the client leaves. */
export async function perform(reply: Reply, wire: Wire): Promise<Performed> {
  const performance = new Performance(wire);
  performance.open();
  // Nothing of the reply is held while the client is waited for.
  if (await play(reply, performance)) await performance.left();
  return performance.result();
}

/** Carries out the effects up to the end of the exchange; tells whether it hangs there. Awaits only what has to be waited for. */
async function play(reply: Reply, performance: Performance): Promise<boolean> {
  for (const effect of reply) {
    if (performance.over) break;
    if (effect.type === 'hang') return true;
    const done = carryOut(effect, performance);
    if (done !== undefined) await done;
  }
  return false;
}

function carryOut(effect: Exclude<Effect, { type: 'hang' }>, performance: Performance): Promise<void> | undefined {
  switch (effect.type) {
    case 'wait':
      return performance.wait(effect.ms);
    case 'head':
      performance.head(effect);
      return effect.pace && performance.dribble(effect.pace);
    case 'write':
      performance.write(effect);
      return performance.backlogged ? performance.drained() : undefined;
    case 'end':
      return performance.end(effect);
    case 'close':
      return performance.leave('fin');
    case 'reset':
      return performance.leave('reset');
  }
}

type Amount = Pick<Performed, 'bytesOut' | 'chunksOut' | 'eventsOut'>;

const NOTHING: Amount = { bytesOut: 0, chunksOut: 0, eventsOut: 0 };

class Performance {
  readonly #wire: Wire;
  /** Of the body: what the kernel has taken. */
  #taken: Amount = NOTHING;
  /** What the reply has written. */
  #bytes = 0;
  #chunks = 0;
  #events = 0;
  /** Text of the reply that was not handed to the socket yet: writes that are ready together leave together, as one string. */
  #text = '';
  /** The body is sent in chunks, which are framed here: node:http would make five writes of each. */
  #framed = false;
  #lastByteAt: number | null = null;
  #clientCloseAt: number | null = null;
  #closedBy: Performed['closedBy'] = null;
  #closedHow: Performed['closedHow'] = null;
  #complete = false;
  /** The head was given and has not left. */
  #headWaits = false;
  #wake: (() => void) | undefined;
  readonly #closed = (): void => {
    if (!this.over && !this.#wire.response.writableFinished) this.#lost();
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
    return this.#text.length + this.#wire.response.writableLength > HIGH_WATER_BYTES;
  }

  open(): void {
    const { response, connection } = this.#wire;
    response.sendDate = false;
    response.on('close', this.#closed);
    response.on('error', this.#closed);
    connection.socket.on('close', this.#closed);
    if (response.destroyed || connection.socket.destroyed || connection.endedHow !== undefined) this.#closed();
  }

  async wait(ms: number): Promise<void> {
    this.#flush();
    await this.#sleep(ms);
  }

  head(head: Head): void {
    const { response, request } = this.#wire;
    this.#wire.headSent(head);
    response.writeHead(head.status, fieldsFor(head, request, response));
    this.#headWaits = true;
    this.#framed = response.chunkedEncoding && request.method !== 'HEAD';
    if (this.#framed) response.chunkedEncoding = false;
  }

  /** Sends the head a few bytes at a time. */
  async dribble({ bytes, everyMs }: Pace): Promise<void> {
    const { response, connection } = this.#wire;
    const head = captureHead(response);
    this.#headWaits = false;
    for (let at = 0; at < head.length && !this.over; at += bytes) {
      if (at > 0) await this.#sleep(everyMs);
      if (!this.over) connection.socket.write(head.subarray(at, at + bytes));
    }
  }

  write({ data, event }: Write): void {
    // The head leaves with the first bytes of a body; an answer to HEAD has none.
    if (this.#wire.request.method === 'HEAD') return;
    const bytes = typeof data === 'string' ? Buffer.byteLength(data) : data.byteLength;
    this.#bytes += bytes;
    if (event === 'content') this.#chunks += 1;
    if (event !== undefined) this.#events += 1;
    // An empty chunk would be the last.
    if (bytes === 0) return;
    if (this.#framed) this.#text += `${bytes.toString(16)}\r\n`;
    if (typeof data === 'string') this.#text += data;
    else {
      this.#hand();
      this.#send(data);
    }
    if (this.#framed) this.#text += '\r\n';
  }

  /** Waits until the client has taken what was written, and lets others go first however quickly it takes it. */
  async drained(): Promise<void> {
    const { response } = this.#wire;
    this.#flush();
    await this.#pause((wake) => {
      const turn = setImmediate(wake);
      return () => clearImmediate(turn);
    });
    if (response.writableNeedDrain) {
      await this.#pause((wake) => {
        response.once('drain', wake);
        return () => response.off('drain', wake);
      });
    }
  }

  /** Undefined when the kernel has taken everything at once, as it does with short answers. */
  end({ next }: End): Promise<void> | undefined {
    const { response } = this.#wire;
    // Before the client can send its next request.
    if (next !== undefined) this.#wire.doomed(next);
    response.end(this.#framed ? `${this.#text}0\r\n\r\n` : this.#text);
    this.#text = '';
    this.#headWaits = false;
    if (!response.writableFinished) return this.#finished();
    this.#completed();
    return undefined;
  }

  async #finished(): Promise<void> {
    const { response } = this.#wire;
    await this.#pause((wake) => {
      response.once('finish', wake);
      return () => response.off('finish', wake);
    });
    if (this.#closedBy === null) this.#completed();
  }

  #completed(): void {
    this.#complete = true;
    this.#taken = this.#handed();
    this.#lastByteAt = this.#wire.clock.now();
  }

  /** Ends the connection from our side, the answer unfinished, once the kernel has taken what was written. */
  async leave(how: 'fin' | 'reset'): Promise<void> {
    const { connection, response } = this.#wire;
    this.#flush();
    if (response.headersSent) {
      await this.#pause((wake) => {
        connection.socket.write('', () => wake());
        return () => undefined;
      });
      if (how === 'reset') await this.#settled();
    }
    if (this.over) return;
    this.#closedBy = 'server';
    this.#closedHow = how;
    connection.end(how);
  }

  /** Waits for the client to leave. */
  async left(): Promise<void> {
    this.#flush();
    await this.#pause(() => () => undefined);
  }

  result(): Performed {
    this.#wire.connection.socket.off('close', this.#closed);
    return {
      lastByteAt: this.#lastByteAt,
      clientCloseAt: this.#clientCloseAt,
      closedBy: this.#closedBy,
      closedHow: this.#closedHow,
      ...this.#taken,
    };
  }

  /** The connection is gone. */
  #lost(): void {
    const { connection, clock } = this.#wire;
    this.#closedBy = connection.endedHow === undefined ? 'client' : 'server';
    this.#closedHow = connection.endedHow ?? (connection.socket.readableEnded ? 'fin' : 'reset');
    if (this.#closedBy === 'client') this.#clientCloseAt = clock.now();
  }

  /** Waits until the client's kernel has what was written: what is still in ours, a reset throws away. */
  async #settled(): Promise<void> {
    const { socket } = this.#wire.connection;
    if (this.#bytes > SURELY_SENT_BYTES) {
      while (!this.over && ((await unacknowledged(socket)) ?? 0) > 0) await this.#sleep(SETTLE_MS);
    }
    await this.#sleep(SETTLE_MS);
  }

  /** Sends what was written, and the head. */
  #flush(): void {
    const { response } = this.#wire;
    this.#hand();
    if (this.#headWaits) response.flushHeaders();
    this.#headWaits = false;
    while (response.writableCorked > 0) response.uncork();
  }

  /** Hands the text to the socket. */
  #hand(): void {
    const text = this.#text;
    this.#text = '';
    if (text !== '') this.#send(text);
  }

  #send(data: string | Uint8Array): void {
    const { response, clock } = this.#wire;
    response.write(data, this.#noteTaken());
    this.#headWaits = false;
    this.#lastByteAt = clock.now();
  }

  /** To be called when the kernel has what was written so far. */
  #noteTaken(): (error?: Error | null) => void {
    const handed = this.#handed();
    return (error) => {
      if (error == null) this.#taken = handed;
    };
  }

  #handed(): Amount {
    return { bytesOut: this.#bytes, chunksOut: this.#chunks, eventsOut: this.#events };
  }

  #sleep(ms: number): Promise<void> {
    return this.#pause((wake) => {
      const timer = setTimeout(wake, ms);
      return () => clearTimeout(timer);
    });
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
  const framed = chunks || fieldOf(headers, 'content-length') !== undefined;
  // Without a frame, the end of the connection is the end of the body.
  if (!framed) response.shouldKeepAlive = false;
  if (fieldOf(headers, 'connection') === undefined) response.removeHeader('connection');
  for (const header of headers) {
    if (!chunks && isNamed(header, 'transfer-encoding')) continue;
    fields.push(header[0], !response.shouldKeepAlive && isNamed(header, 'connection') ? 'close' : header[1]);
  }
  return fields;
}
