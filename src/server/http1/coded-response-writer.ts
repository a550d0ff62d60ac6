import { constants, createBrotliCompress, createGzip } from 'node:zlib';
import type { CloseFrame, Coding, Head, Write } from '../../core/wire/effect.ts';
import type { Amount, ResponseWriter } from '../response-writer.ts';

/** What an encoder of node:zlib has in common with the others. */
type Encoder = ReturnType<typeof createGzip> | ReturnType<typeof createBrotliCompress>;

/** Of answers that are made as they are sent: quick, and close to what edges use. */
const BROTLI_QUALITY = 4;
/** The window, as a power of two: answers are short, and each one that is under way has a window. */
const BROTLI_WINDOW = 18;

/** Plain bytes, and the events that end in them. */
interface Part {
  readonly data: (string | Uint8Array)[];
  bytes: number;
  events: number;
  contents: number;
}

/**
 * Sends the body in a coding. What was written is encoded when it is flushed, beside the event loop, so that the client can decode
 * at once what it has; then it goes to the writer of HTTP. The end of the answer ends the coding; what breaks the answer off
 * leaves the coding without its end. `written` and `taken` count the bytes as they are sent.
 */
export class CodedResponseWriter implements ResponseWriter {
  readonly #inner: ResponseWriter;
  #encoder: Encoder | undefined;
  #flushKind = constants.Z_SYNC_FLUSH;
  #encoded: Uint8Array[] = [];
  #part = emptyPart();
  /** Plain bytes that are being encoded. */
  #underWay = 0;
  /** Steps that wait for those before them. */
  readonly #steps: (() => void)[] = [];
  #isBusy = false;
  #isGone = false;

  constructor(inner: ResponseWriter) {
    this.#inner = inner;
  }

  get backlog(): number {
    return this.#inner.backlog + this.#part.bytes + this.#underWay;
  }

  get lastByteAt(): number | null {
    return this.#inner.lastByteAt;
  }

  get taken(): Amount {
    return this.#inner.taken;
  }

  get written(): Amount {
    return this.#inner.written;
  }

  get isWhole(): boolean {
    return this.#encoder === undefined && this.#inner.isWhole;
  }

  get hasHead(): boolean {
    return this.#inner.hasHead;
  }

  get closes(): boolean {
    return this.#inner.closes;
  }

  get isDestroyed(): boolean {
    return this.#inner.isDestroyed;
  }

  get isFinished(): boolean {
    return this.#inner.isFinished;
  }

  onError(callback: () => void): void {
    this.#inner.onError(callback);
  }

  head(head: Head): void {
    this.#inner.head(head);
    if (head.coding === undefined) return;
    this.#encoder = encoderOf(head.coding);
    if (head.coding === 'br') this.#flushKind = constants.BROTLI_OPERATION_FLUSH;
    this.#encoder.on('data', (bytes: Uint8Array) => void this.#encoded.push(bytes));
    // Only an encoder that is destroyed under way fails.
    this.#encoder.on('error', () => undefined);
  }

  write(write: Write): void {
    if (this.#encoder === undefined) {
      this.#inner.write(write);
      return;
    }
    const { data, event, holds } = write;
    this.#part.data.push(data);
    this.#part.bytes += data.length;
    this.#part.events += holds?.events ?? (event === undefined ? 0 : 1);
    this.#part.contents += holds?.contents ?? (event === 'content' ? 1 : 0);
  }

  flush(): void {
    const encoder = this.#encoder;
    if (encoder === undefined || this.#part.bytes === 0) {
      this.#then(() => this.#inner.flush());
      return;
    }
    const part = this.#takePart();
    this.#work((done) => {
      feed(encoder, part);
      encoder.flush(this.#flushKind, () => {
        this.#send(part);
        this.#inner.flush();
        done();
      });
    });
  }

  end(): boolean {
    const encoder = this.#encoder;
    if (encoder === undefined) return this.#inner.end();
    const part = this.#takePart();
    this.#work((done) => {
      feed(encoder, part);
      encoder.once('end', () => {
        this.#send(part);
        this.#inner.end();
        done();
      });
      encoder.end();
    });
    return false;
  }

  completed(): void {
    this.#inner.completed();
  }

  takeHead(): Uint8Array {
    return this.#inner.takeHead();
  }

  send(bytes: Uint8Array): void {
    this.#inner.send(bytes);
  }

  whenDrained(callback: () => void): (() => void) | undefined {
    return this.#isBusy ? this.#whenIdle(() => this.#inner.whenDrained(callback), callback) : this.#inner.whenDrained(callback);
  }

  whenFinished(callback: () => void): () => void {
    const wait = () => (this.#inner.isFinished ? undefined : this.#inner.whenFinished(callback));
    return this.#encoder === undefined ? this.#inner.whenFinished(callback) : this.#whenIdle(wait, callback);
  }

  whenTaken(callback: () => void): void {
    this.#then(() => this.#inner.whenTaken(callback));
  }

  unacknowledged(): Promise<number | undefined> {
    return this.#inner.unacknowledged();
  }

  sayGoodbye(saying: CloseFrame): void {
    this.#inner.sayGoodbye?.(saying);
  }

  /** Gives back the memory of the encoder. To be called when the exchange is over. */
  release(): void {
    this.#isGone = true;
    this.#steps.length = 0;
    this.#encoder?.destroy();
  }

  #takePart(): Part {
    const part = this.#part;
    this.#part = emptyPart();
    this.#underWay += part.bytes;
    return part;
  }

  /** Hands on what was encoded. */
  #send({ bytes, events, contents }: Part): void {
    // What is left in the encoder is told as 'data', too.
    while (this.#encoder?.read() != null);
    this.#underWay -= bytes;
    const data = Buffer.concat(this.#encoded);
    this.#encoded = [];
    if (data.length > 0 || events > 0)
      this.#inner.write({ type: 'write', data, holds: { events, contents, bytes: data.length } });
  }

  /** Does what takes its time, after all that was begun before. */
  #work(begin: (done: () => void) => void): void {
    this.#then(() => {
      this.#isBusy = true;
      begin(() => {
        this.#isBusy = false;
        this.#goOn();
      });
    });
  }

  /** Does it at once, or after what is under way. */
  #then(step: () => void): void {
    this.#steps.push(step);
    this.#goOn();
  }

  #goOn(): void {
    while (!this.#isBusy && !this.#isGone) {
      const step = this.#steps.shift();
      if (step === undefined) return;
      step();
    }
  }

  /** Waits with `wait` when nothing is under way any more. Returns how to give up. */
  #whenIdle(wait: () => (() => void) | undefined, callback: () => void): () => void {
    let isGivenUp = false;
    let stop: (() => void) | undefined;
    this.#then(() => {
      if (isGivenUp) return;
      stop = wait();
      if (stop === undefined) callback();
    });
    return () => {
      isGivenUp = true;
      stop?.();
    };
  }
}

function emptyPart(): Part {
  return { data: [], bytes: 0, events: 0, contents: 0 };
}

function encoderOf(coding: Coding): Encoder {
  if (coding === 'gzip') return createGzip();
  const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY, [constants.BROTLI_PARAM_LGWIN]: BROTLI_WINDOW };
  return createBrotliCompress({ params });
}

function feed(encoder: Encoder, { data }: Part): void {
  for (const each of data) if (each.length > 0) encoder.write(each);
}
