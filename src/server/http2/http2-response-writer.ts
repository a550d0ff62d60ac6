import type { ServerHttp2Stream } from 'node:http2';
import type { Clock } from '../../core/clock.ts';
import type { Head, Write } from '../../core/wire/effect.ts';
import { hasNoBody } from '../../core/wire/has-no-body.ts';
import type { Exchange } from '../../session/exchange.ts';
import type { Amount, ResponseWriter } from '../response-writer.ts';
import { responseFields } from './response-fields.ts';

export interface Http2Target {
  readonly stream: ServerHttp2Stream;
  readonly method: string;
  readonly clock: Clock;
  /** Bytes that the client's kernel has not acknowledged on the connection. */
  unacknowledged(): Promise<number | undefined>;
}

const NOTHING: Amount = { bytesOut: 0, chunksOut: 0, eventsOut: 0 };

/** Where one answer goes out as a stream of HTTP/2. What is written waits until it is flushed; the client's windows hold it back beyond that. */
export class Http2ResponseWriter implements ResponseWriter {
  readonly closes = false;
  readonly #stream: ServerHttp2Stream;
  readonly #isHead: boolean;
  readonly #clock: Clock;
  readonly #unacknowledged: Http2Target['unacknowledged'];
  readonly #exchange: Pick<Exchange, 'headSent'>;
  /** The head, while nothing of it has left. */
  #unsent: Head | undefined;
  #hasHead = false;
  /** The whole answer was handed over. */
  #isEnded = false;
  /** Bytes of a head that is sent piece by piece: the frame leaves with the last of them. */
  #withheld = 0;
  #parts: (string | Uint8Array)[] = [];
  /** Of the parts, in bytes and characters. */
  #length = 0;
  #lent: Write[] = [];
  #bytes = 0;
  #chunks = 0;
  #events = 0;
  #taken: Amount = NOTHING;
  #lastByteAt: number | null = null;
  /** Pieces that are on their way to the kernel. */
  #underWay = 0;
  #whenTaken: (() => void)[] = [];

  constructor({ stream, method, clock, unacknowledged }: Http2Target, exchange: Pick<Exchange, 'headSent'>) {
    this.#stream = stream;
    this.#isHead = method === 'HEAD';
    this.#clock = clock;
    this.#unacknowledged = unacknowledged;
    this.#exchange = exchange;
  }

  get backlog(): number {
    return this.#length + this.#stream.writableLength;
  }

  get lastByteAt(): number | null {
    return this.#lastByteAt;
  }

  get taken(): Amount {
    return this.#taken;
  }

  get written(): Amount {
    return { bytesOut: this.#bytes, chunksOut: this.#chunks, eventsOut: this.#events };
  }

  get isWhole(): boolean {
    return this.#unsent !== undefined;
  }

  get hasHead(): boolean {
    return this.#hasHead;
  }

  get isDestroyed(): boolean {
    return this.#stream.destroyed;
  }

  /** A stream that is over on both sides closes before node:http2 says that it has finished. One that is reset has it end, too. */
  get isFinished(): boolean {
    const { writableFinished, closed, rstCode } = this.#stream;
    return this.#isEnded && (closed ? (rstCode ?? 0) === 0 : writableFinished);
  }

  onError(): void {
    // A stream that fails closes, which is heard of.
  }

  head(head: Head): void {
    this.#unsent = head;
    this.#hasHead = true;
  }

  write(write: Write): void {
    // An answer to HEAD has no body.
    if (this.#isHead) return;
    const { data, event, holds, giveBack } = write;
    const bytes = holds?.bytes ?? (typeof data === 'string' ? Buffer.byteLength(data) : data.byteLength);
    this.#bytes += bytes;
    this.#chunks += holds?.contents ?? (event === 'content' ? 1 : 0);
    this.#events += holds?.events ?? (event === undefined ? 0 : 1);
    if (bytes === 0) return;
    this.#parts.push(data);
    this.#length += data.length;
    if (giveBack !== undefined) this.#lent.push(write);
  }

  flush(): void {
    this.#respond(false);
    const data = this.#takeData();
    if (data === undefined || !this.#canWrite) return;
    this.#lastByteAt = this.#clock.now();
    this.#hand(data);
  }

  end(): boolean {
    this.#isEnded = true;
    const data = this.#takeData();
    this.#respond(data === undefined);
    if (!this.#canWrite || this.#stream.writableEnded) return this.isFinished;
    if (data !== undefined) this.#hand(data);
    this.#stream.end();
    return false;
  }

  completed(): void {
    this.#lastByteAt = this.#clock.now();
    this.#taken = this.written;
  }

  /** A frame of HTTP/2 is sent as a whole: it leaves when the last of as many bytes would have. */
  takeHead(): Uint8Array {
    const length = (this.#unsent?.headers ?? []).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
    this.#withheld = length;
    return new Uint8Array(length);
  }

  send(bytes: Uint8Array): void {
    this.#withheld -= bytes.length;
    if (this.#withheld <= 0) this.#respond(false);
  }

  whenDrained(callback: () => void): (() => void) | undefined {
    const stream = this.#stream;
    if (!stream.writableNeedDrain) return undefined;
    stream.once('drain', callback);
    return () => void stream.off('drain', callback);
  }

  whenFinished(callback: () => void): () => void {
    const stream = this.#stream;
    // A stream that is over on both sides closes, and its followers hear of that.
    if (stream.readableEnded) return () => undefined;
    stream.once('finish', callback);
    return () => void stream.off('finish', callback);
  }

  whenTaken(callback: () => void): void {
    if (this.#underWay > 0) this.#whenTaken.push(callback);
    // node:http2 sends at the end of the turn.
    else setImmediate(() => setImmediate(callback));
  }

  unacknowledged(): Promise<number | undefined> {
    return this.#unacknowledged();
  }

  get #canWrite(): boolean {
    return !this.#stream.destroyed && !this.#stream.closed;
  }

  #respond(isEmpty: boolean): void {
    const head = this.#unsent;
    if (head === undefined || this.#withheld > 0) return;
    this.#unsent = undefined;
    this.#exchange.headSent(head);
    if (!this.#canWrite) return;
    const endStream = isEmpty || this.#isHead || hasNoBody(head.status);
    this.#stream.respond(responseFields(head), { endStream });
  }

  /** What waits, in one piece. */
  #takeData(): string | Uint8Array | undefined {
    const parts = this.#parts;
    if (parts.length === 0 || this.#withheld > 0) return undefined;
    this.#parts = [];
    this.#length = 0;
    const [first] = parts;
    if (parts.length === 1 && typeof first === 'string') return first;
    const data = parts.every((part) => typeof part === 'string')
      ? parts.join('')
      : Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
    const lent = this.#lent;
    this.#lent = [];
    // A part that is sent alone was copied as well.
    for (const write of lent) write.giveBack?.(write.data);
    return data;
  }

  #hand(data: string | Uint8Array): void {
    const { written } = this;
    this.#underWay += 1;
    this.#stream.write(data, (error) => {
      this.#underWay -= 1;
      if (error == null) this.#taken = written;
      if (this.#stream.destroyed) spareError(this.#stream);
      if (this.#underWay > 0) return;
      const waiting = this.#whenTaken;
      this.#whenTaken = [];
      for (const callback of waiting) callback();
    });
  }
}

/** What node:stream keeps of a stream, and its types do not say. */
interface HeldStream {
  readonly _writableState?: { errored: unknown };
}

const OVER = new Error('the stream is over');

/**
 * A stream of HTTP/2 is destroyed as its last frame is made, before node:stream hears that the answer was taken. Then node:stream makes an
 * error that nothing reads, and its stack trace takes a tenth of the time of an answer. It makes none where there is one.
 */
function spareError(stream: ServerHttp2Stream): void {
  const { _writableState: state } = stream as unknown as HeldStream;
  if (state !== undefined) state.errored ??= OVER;
}
