import { fork } from '../../../src/core/random.ts';
import { END_HEADERS, END_STREAM, FRAME, fieldBlock, frame, requestFields } from '../raw-http2.ts';

const PATHS = ['/v1/models', '/v1/chat/completions', '/__admin/health', '/v1/none'];
const METHODS = ['GET', 'POST', 'HEAD', 'nonsense'];
const BODY = Buffer.from(JSON.stringify({ model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'Hello' }] }));
/** How many of the frames of a connection are changed: of most so few that they live long. */
const CHANGED = [0, 0, 0.01, 0.03, 0.2];
/** Of so many connections the frames are in no order. */
const NOISE = 0.1;
/** Above all types that are known. */
const UNKNOWN_TYPE = 0x20;

/** Frames for one connection. */
export interface FrameSource {
  /** All are as RFC 9113 wants them. */
  readonly isProper: boolean;
  /** Streams whose request is whole, and was not taken back. */
  readonly asked: ReadonlySet<number>;
  /** The next frame has to come: it is the rest of a head. */
  readonly owes: boolean;
  next(): Buffer;
}

type Choices = ReturnType<typeof choicesOf>;

function choicesOf(random: () => number) {
  const whole = (below: number) => Math.floor(random() * below);
  return {
    random,
    whole,
    pick: <Item>(items: readonly Item[]) => items[whole(items.length)] as Item,
    bytes: (most: number) => Buffer.from(Array.from({ length: whole(most) }, () => whole(256))),
  };
}

/** The frames of a connection: of a client that keeps the rules, of one that breaks them now and then, or none of these. */
export function randomFrames(seed: number, connection: number): FrameSource {
  const choices = choicesOf(fork(seed, `frames of ${connection}`));
  return choices.random() < NOISE ? new NoiseFrames(choices) : new ClientFrames(choices, choices.pick(CHANGED));
}

/** Frames of all types, in no order. */
class NoiseFrames implements FrameSource {
  readonly isProper = false;
  readonly owes = false;
  readonly asked = new Set<number>();
  readonly #choices: Choices;
  #opened = 1;

  constructor(choices: Choices) {
    this.#choices = choices;
  }

  next(): Buffer {
    const { pick, whole, bytes, random } = this.#choices;
    const opened = this.#opened;
    const someStream = () => pick([0, 1, 2, opened, opened, opened + 2, whole(2 ** 31)]);
    const kind = random();
    if (kind < 0.3) {
      this.#opened += 2;
      const fields = requestFields(pick([...PATHS, '*', '']), pick([...METHODS, 'CONNECT']));
      const payload = pick([fieldBlock(fields), fieldBlock(fields), bytes(60)]);
      return frame(FRAME.HEADERS, { flags: pick([END_HEADERS, END_HEADERS | END_STREAM, 0]), stream: this.#opened, payload });
    }
    if (kind < 0.5) return frame(FRAME.DATA, { flags: pick([0, END_STREAM]), stream: opened, payload: pick([BODY, bytes(200)]) });
    if (kind < 0.6) return frame(FRAME.RST_STREAM, { stream: someStream(), payload: Buffer.of(0, 0, 0, whole(14)) });
    if (kind < 0.7) return frame(FRAME.WINDOW_UPDATE, { stream: someStream(), payload: Buffer.of(0, 0, whole(256), whole(256)) });
    if (kind < 0.78) return frame(FRAME.PING, { payload: Buffer.alloc(8) });
    if (kind < 0.86) return frame(FRAME.SETTINGS, { payload: Buffer.of(0, 1 + whole(6), 0, 0, whole(256), whole(256)) });
    return frame(whole(14), { flags: whole(256), stream: someStream(), payload: bytes(100) });
  }
}

/** The frames of a client that keeps the rules; some of them are changed on their way. */
class ClientFrames implements FrameSource {
  readonly isProper: boolean;
  readonly asked = new Set<number>();
  readonly #choices: Choices;
  readonly #changed: number;
  #opened = -1;
  /** Streams whose request goes on. */
  readonly #sending = new Set<number>();
  /** The rest of a head: nothing else may come before it. */
  #rest: Buffer | undefined;
  #before: Buffer = Buffer.alloc(0);

  constructor(choices: Choices, changed: number) {
    this.#choices = choices;
    this.#changed = changed;
    this.isProper = changed === 0;
  }

  get owes(): boolean {
    return this.#rest !== undefined;
  }

  next(): Buffer {
    const rest = this.#rest;
    this.#rest = undefined;
    const proper = rest ?? this.#nextProper();
    const sent = this.#choices.random() < this.#changed ? this.#change(proper) : proper;
    this.#before = proper;
    return sent;
  }

  #nextProper(): Buffer {
    const { pick, whole, random, bytes } = this.#choices;
    const kind = random();
    if (kind < 0.3 || this.#opened < 0) return this.#open();
    if (kind < 0.6 && this.#sending.size > 0) return this.#send();
    if (kind < 0.65) return this.#reset();
    if (kind < 0.78) {
      const increment = Buffer.of(0, 0, whole(64), 1 + whole(255));
      return frame(FRAME.WINDOW_UPDATE, { stream: pick([0, this.#opened]), payload: increment });
    }
    if (kind < 0.82) return frame(FRAME.PRIORITY, { stream: this.#opened + 2, payload: Buffer.of(0, 0, 0, 0, whole(256)) });
    if (kind < 0.9) return frame(FRAME.PING, { payload: Buffer.alloc(8, whole(256)) });
    if (kind < 0.95) return frame(UNKNOWN_TYPE + whole(256 - UNKNOWN_TYPE), { flags: whole(256), payload: bytes(40) });
    // HEADER_TABLE_SIZE, INITIAL_WINDOW_SIZE and one that nobody knows.
    return frame(FRAME.SETTINGS, { payload: Buffer.of(0, pick([1, 4, 99]), 0, 0, whole(256), whole(256)) });
  }

  #open(): Buffer {
    const { pick, random } = this.#choices;
    this.#opened += 2;
    const stream = this.#opened;
    const isWhole = random() < 0.4;
    if (isWhole) this.asked.add(stream);
    else this.#sending.add(stream);
    const block = fieldBlock({ ...requestFields(pick(PATHS), pick(METHODS)), 'content-type': 'application/json' });
    const flags = isWhole ? END_STREAM : 0;
    if (random() < 0.8) return frame(FRAME.HEADERS, { flags: flags | END_HEADERS, stream, payload: block });
    const cut = pick([0, 1, Math.floor(block.length / 2), block.length]);
    this.#rest = frame(FRAME.CONTINUATION, { flags: END_HEADERS, stream, payload: block.subarray(cut) });
    return frame(FRAME.HEADERS, { flags, stream, payload: block.subarray(0, cut) });
  }

  #send(): Buffer {
    const { pick, random, bytes } = this.#choices;
    const stream = pick([...this.#sending]);
    const ends = random() < 0.6;
    if (ends) {
      this.#sending.delete(stream);
      this.asked.add(stream);
    }
    const payload = pick([BODY, BODY, bytes(200), Buffer.alloc(0)]);
    return frame(FRAME.DATA, { flags: ends ? END_STREAM : 0, stream, payload });
  }

  #reset(): Buffer {
    const { pick, whole } = this.#choices;
    const stream = 1 + 2 * whole((this.#opened + 1) / 2);
    this.#sending.delete(stream);
    this.asked.delete(stream);
    return frame(FRAME.RST_STREAM, { stream, payload: Buffer.of(0, 0, 0, pick([0, 7, 8])) });
  }

  #change(proper: Buffer): Buffer {
    const { pick, whole, bytes } = this.#choices;
    const [type = 0, flags = 0] = [proper[3], proper[4]];
    const payload = proper.subarray(9);
    const stream = proper.readUInt32BE(5);
    const other = Buffer.from(proper);
    return pick<() => Buffer>([
      () => {
        other[whole(other.length)] = whole(256);
        return other;
      },
      () => frame(type, { flags: whole(256), stream, payload }),
      () => frame(whole(12), { flags, stream, payload }),
      () => frame(type, { flags, stream: pick([0, 2, this.#opened, this.#opened + 2, 2 ** 31 - 1]), payload }),
      () => frame(type, { flags, stream, payload: payload.subarray(0, whole(payload.length)) }),
      () => frame(type, { flags, stream, payload: bytes(60) }),
      // The connection loses step: what follows is read as something else.
      () => proper.subarray(0, whole(proper.length)),
      () => Buffer.concat([proper, proper]),
      () => Buffer.concat([proper, this.#before]),
    ])();
  }
}
