import type { Clock } from '../../core/clock.ts';
import type { SocketProtocol } from '../../core/openai/wire/socket-protocol.ts';
import type { CloseFrame, Head, Write } from '../../core/wire/effect.ts';
import { EventDataReader } from '../../core/wire/event-data.ts';
import type { Exchange } from '../../session/exchange.ts';
import type { Amount, ResponseWriter } from '../response-writer.ts';
import type { FrameOutlet } from './frame-outlet.ts';

/** Where the frames of a turn go. */
export interface FrameTarget {
  readonly outlet: FrameOutlet;
  readonly protocol: SocketProtocol;
  readonly lane: string | undefined;
  readonly clock: Clock;
  /** Called with the first event of an answer, which tells of its beginning. */
  opened(data: string): void;
}

const NOTHING: Amount = { bytesOut: 0, chunksOut: 0, eventsOut: 0 };
const NO_BYTES = new Uint8Array(0);
/** What a stream that ends properly by HTTP, and by its grammar does not, ends with here: nothing else tells that it is over. */
const NORMAL_CLOSURE: CloseFrame = { code: 1000, reason: '' };

/**
 * One answer as frames of a WebSocket: each event of its stream is one, an error one with its status. A piece of an event
 * that is sent by itself is a fragment (RFC 6455 §5.4). The head is not sent, so that the journal knows its status alone.
 */
export class FrameWriter implements ResponseWriter {
  readonly #target: FrameTarget;
  readonly #exchange: Pick<Exchange, 'headSent'>;
  readonly #reader = new EventDataReader();
  #head: Head | undefined;
  #isAnnounced = false;
  /** What is no event. */
  #body: (string | Uint8Array)[] = [];
  #bytes = 0;
  #chunks = 0;
  #events = 0;
  #taken = NOTHING;
  #lastByteAt: number | null = null;
  #isCorked = false;
  /** A message has begun and not ended. */
  #isInside = false;
  /** Pieces of an event that leave together. */
  #pieces: Uint8Array[] = [];
  /** Of an event that tells of the beginning, what was read; its ids are ASCII. */
  #opening = '';
  /** The grammar has said that the answer is over. */
  #isOver = false;
  /** Its last event says that the answer is whole. */
  #isComplete = false;
  #closes = false;
  #isEnded = false;
  #stopListening: (() => void) | undefined;

  /** The exchange is told of the head just before the first frame is handed over. */
  constructor(target: FrameTarget, exchange: Pick<Exchange, 'headSent'>) {
    this.#target = target;
    this.#exchange = exchange;
  }

  /** The answer came to its end, and is no error. */
  get isComplete(): boolean {
    return this.#isComplete && this.#isEnded;
  }

  get backlog(): number {
    return this.#target.outlet.backlog;
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

  /** Frames leave as they come. */
  get isWhole(): boolean {
    return false;
  }

  get hasHead(): boolean {
    return this.#head !== undefined;
  }

  get closes(): boolean {
    return this.#closes;
  }

  get isDestroyed(): boolean {
    return !this.#target.outlet.isOpen;
  }

  get isFinished(): boolean {
    return this.#isEnded && this.#target.outlet.isTaken;
  }

  onError(callback: () => void): void {
    this.#stopListening = this.#target.outlet.whenBroken(callback);
  }

  head(head: Head): void {
    this.#head = head;
  }

  write(write: Write): void {
    const { event, partOf, holds } = write;
    if (event === undefined && partOf === undefined && holds === undefined) {
      this.#body.push(write.data);
      return;
    }
    const isContent = event === 'content' || (holds?.contents ?? 0) > 0;
    for (const { data, isLast } of this.#reader.read(write)) {
      if (isLast) this.#count(isContent);
      if ((event ?? partOf) === 'opening') this.#open(data, isLast);
      this.#piece(data, isLast);
    }
    this.#isComplete ||= event === 'completion';
    this.#isOver ||= event === 'completion' || event === 'error';
  }

  #count(isContent: boolean): void {
    this.#events += 1;
    if (isContent) this.#chunks += 1;
  }

  flush(): void {
    if (this.#isCorked) this.#target.outlet.uncork();
    this.#isCorked = false;
  }

  end(): boolean {
    const { outlet } = this.#target;
    if (this.#body.length > 0) this.#whole();
    this.#announce();
    this.#isEnded = true;
    this.flush();
    if (!this.#isOver) {
      this.#closes = true;
      outlet.close(NORMAL_CLOSURE);
    }
    return outlet.isTaken;
  }

  completed(): void {
    this.#lastByteAt = this.#target.clock.now();
    this.#taken = this.written;
  }

  takeHead(): Uint8Array {
    return NO_BYTES;
  }

  send(): void {}

  whenDrained(callback: () => void): (() => void) | undefined {
    const { outlet } = this.#target;
    return outlet.isTaken ? undefined : outlet.whenTaken(callback);
  }

  whenFinished(callback: () => void): () => void {
    return this.#target.outlet.whenTaken(callback);
  }

  whenTaken(callback: () => void): void {
    this.#target.outlet.whenTaken(callback);
  }

  unacknowledged(): Promise<number | undefined> {
    return this.#target.outlet.unacknowledged();
  }

  sayGoodbye(saying: CloseFrame): void {
    this.#target.outlet.close(saying);
  }

  /** To be called once, when the exchange is over. */
  release(): void {
    this.flush();
    this.#stopListening?.();
  }

  /** An answer that is no stream. */
  #whole(): void {
    const { status = 200, headers = [] } = this.#head ?? {};
    const body = Buffer.concat(this.#body.map((data) => Buffer.from(data))).toString();
    this.#body = [];
    this.#events += 1;
    this.#isOver ||= status >= 400;
    const named = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
    this.#piece(this.#target.protocol.frameOf({ status, headers: named, body }), true);
  }

  #open(data: string | Uint8Array, isLast: boolean): void {
    this.#opening += typeof data === 'string' ? data : Buffer.from(data).toString('latin1');
    if (!isLast) return;
    this.#target.opened(this.#opening);
    this.#opening = '';
  }

  #piece(data: string | Uint8Array, isLast: boolean): void {
    const { lane, protocol } = this.#target;
    if (lane === undefined) {
      this.#send(data, isLast);
      return;
    }
    // What names the lane stands at the end of an event.
    if (typeof data !== 'string') this.#pieces.push(data);
    if (!isLast) return;
    const text = typeof data === 'string' ? data : Buffer.concat(this.#pieces).toString();
    this.#pieces = [];
    this.#send(protocol.inLane(text, lane), true);
  }

  #send(data: string | Uint8Array, isLast: boolean): void {
    if (data.length === 0 && !(isLast && this.#isInside)) return;
    const { outlet, clock } = this.#target;
    this.#announce();
    this.#bytes += typeof data === 'string' ? Buffer.byteLength(data) : data.byteLength;
    this.#lastByteAt = clock.now();
    if (!this.#isCorked) outlet.cork();
    this.#isCorked = true;
    this.#isInside = !isLast;
    const { written } = this;
    outlet.send(this, data, { isLast, taken: () => void (this.#taken = written) });
  }

  /** What the client does not see of a success is not noted: its rate-limit headers. */
  #announce(): void {
    const head = this.#head;
    if (head === undefined || this.#isAnnounced) return;
    this.#isAnnounced = true;
    this.#exchange.headSent(head.status < 400 ? { ...head, headers: [], printed: undefined } : head);
  }
}
