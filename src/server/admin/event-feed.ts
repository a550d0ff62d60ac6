import { eventText } from './event-text.ts';

/** Bytes that are held for a listener who does not read. */
const MAX_HELD = 1024 * 1024;
/** Entries of one piece, of those that a listener has missed. */
const PIECE = 64;
/** Between two signs of life on a feed that has nothing to tell. */
const HEARTBEAT_MS = 15_000;

/** An event as it goes out, without its id. */
export interface FeedEvent {
  /** See `eventText`. */
  readonly text: string;
  /** The number of the entry that it tells; undefined where it tells none. */
  readonly seq?: number;
  /** Numbers of entries that are gone, and will not be told. */
  readonly gone?: readonly number[];
}

/** Which entries a listener knows, or is not to be told. */
interface KnownEntries {
  /** All up to this number. */
  readonly upTo: number;
  /** And these beyond it. */
  readonly beyond: Iterable<number>;
}

export interface FeedParts {
  /** Stands before the numbers in ids: those of another run are none of ours. */
  readonly run: string;
  readonly known: KnownEntries;
  /** What the journal has after that, oldest first; read as the listener takes it. */
  readonly past: Iterator<FeedEvent>;
  /** Called once, when nothing more is told. */
  closed(): void;
}

/** Says how many events were not told. */
export function missedText(events: number): string {
  return eventText('missed', { events });
}

/** What one listener is told, as Server-Sent Events. What it does not take is held within bounds; what is beyond is counted. */
export class EventFeed {
  readonly #parts: FeedParts;
  readonly #told: ToldEntries;
  readonly #encoder = new TextEncoder();
  #waiting: FeedEvent[] = [];
  #held = 0;
  #missed = 0;
  #past: Iterator<FeedEvent> | undefined;
  #wake: (() => void) | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(parts: FeedParts) {
    this.#parts = parts;
    this.#told = new ToldEntries(parts.known);
    this.#past = parts.past;
  }

  /** The events as the body of a response. */
  body(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => controller.enqueue(this.#encoder.encode(': mock-openai\n\n')),
        pull: (controller) => this.#pull(controller),
        cancel: () => this.close(),
      },
      { highWaterMark: 0 },
    );
  }

  /** Tells an event, as soon as the listener takes it. */
  tell(event: FeedEvent): void {
    if (this.#isOver) return;
    if (this.#held + event.text.length > MAX_HELD) {
      this.miss(1, event.seq === undefined ? [] : [event.seq]);
      return;
    }
    this.#held += event.text.length;
    this.#waiting.push(event);
    this.#awaken();
  }

  /** Counts events that are not told, and the entries among them. */
  miss(events: number, seqs: readonly number[]): void {
    if (this.#isOver) return;
    this.#missed += events;
    for (const seq of seqs) this.#told.add(seq);
    this.#awaken();
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#heartbeat);
    this.#past?.return?.();
    this.#parts.closed();
    this.#awaken();
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    let text = this.#next();
    if (text === '' && !this.#isOver) {
      await this.#news();
      text = this.#next();
    }
    if (text !== '') controller.enqueue(this.#encoder.encode(text));
    else if (this.#isOver) controller.close();
    else controller.enqueue(this.#encoder.encode(': heartbeat\n\n'));
  }

  /** What there is to tell now: first what the journal had. */
  #next(): string {
    let text = '';
    for (let count = 0; this.#past !== undefined && count < PIECE; count++) {
      const { done, value } = this.#past.next();
      if (done === true) this.#past = undefined;
      else text += this.#written(value);
    }
    if (this.#past !== undefined) return text;
    for (const event of this.#waiting) text += this.#written(event);
    this.#waiting = [];
    this.#held = 0;
    if (this.#missed > 0) {
      text += missedText(this.#missed);
      this.#missed = 0;
    }
    return text;
  }

  /** Each entry is told once. Behind its id a listener goes on that comes back. */
  #written({ text, seq, gone = [] }: FeedEvent): string {
    for (const each of gone) this.#told.add(each);
    if (seq === undefined) return text;
    return this.#told.add(seq) ? `id: ${this.#parts.run}.${this.#told.upTo}\n${text}` : '';
  }

  /** Resolves when there is something to tell, or a sign of life is due. */
  #news(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#heartbeat = setTimeout(() => this.#awaken(), HEARTBEAT_MS).unref();
    });
  }

  #awaken(): void {
    clearTimeout(this.#heartbeat);
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

/** Which entries of a session were told. They end in another order than they begin in. */
class ToldEntries {
  readonly #beyond = new Set<number>();
  #upTo: number;

  constructor({ upTo, beyond }: KnownEntries) {
    this.#upTo = upTo;
    for (const seq of beyond) this.add(seq);
  }

  /** All entries up to this number were told, or were over before the listener came. */
  get upTo(): number {
    return this.#upTo;
  }

  /** Tells whether it is new. */
  add(seq: number): boolean {
    if (seq <= this.#upTo || this.#beyond.has(seq)) return false;
    this.#beyond.add(seq);
    while (this.#beyond.delete(this.#upTo + 1)) this.#upTo += 1;
    return true;
  }
}
