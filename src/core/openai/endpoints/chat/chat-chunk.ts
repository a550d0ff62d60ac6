import type { Random } from '../../../random.ts';
import { utf8Length } from '../../../text/utf8.ts';
import type { EventKind, Write } from '../../../wire/effect.ts';
import type { ChoiceLogprobs } from '../../content/logprobs.ts';
import type { FinishReason } from '../../request/answer-settings.ts';
import { DATA } from '../../wire/event.ts';
import { obfuscation } from '../../wire/obfuscation.ts';
import { characters, textPiece } from '../../wire/text-piece.ts';
import type { Usage } from '../../wire/usage.ts';
import type { ChatAnswer } from './chat-answer.ts';

/** What `stream_options` asks for, and what obfuscation is drawn from. */
export interface ChunkOptions {
  readonly includeUsage: boolean;
  readonly includeObfuscation: boolean;
  /** No fault changes the events on their way, so that their size may be told along with them. */
  readonly isFinal: boolean;
  readonly random: Random;
}

/** A part of a function call; the first tells its name. */
interface FunctionDelta {
  readonly name?: string;
  readonly arguments: string;
}

/** What a chunk adds to a message. Keys in the order they are built with. */
export interface ChatDelta {
  readonly role?: 'assistant';
  readonly content?: string | null;
  readonly tool_calls?: {
    readonly index: number;
    readonly id?: string;
    readonly type?: 'function';
    readonly function: FunctionDelta;
  }[];
  readonly function_call?: FunctionDelta;
  readonly refusal?: string | null;
}

/** What a chunk says of one choice. `undefined` is not sent. */
interface ChunkChoice {
  readonly index: number;
  readonly delta: ChatDelta;
  readonly logprobs: ChoiceLogprobs | null | undefined;
  readonly finish_reason: FinishReason | null;
}

/** What all chunks of a stream have in common. */
interface ChunkFrame {
  readonly id: string;
  readonly object: 'chat.completion.chunk';
  readonly created: number;
  readonly model: string;
  readonly service_tier: ChatAnswer['serviceTier'];
  readonly system_fingerprint: string | null;
}

/** One event of a stream (wire.md 3.3). Keys in wire order. */
export interface ChatChunk extends ChunkFrame {
  readonly choices: ChunkChoice[];
  readonly usage?: Usage | null;
  readonly obfuscation?: string;
}

/** Writes the events of one stream (wire.md 3.3). What all chunks have in common is put into JSON once. */
export class ChunkWriter {
  /** `data: ` and what all chunks begin with. */
  #opening: string;
  /** Of the JSON in it, in characters. */
  readonly #openingLength: number;
  /** Reasoning models leave the key out. */
  readonly #noLogprobs: null | undefined;
  readonly #afterText: string;
  readonly #options: ChunkOptions;
  /** Of the choice that spoke last. */
  #frame: TextFrame | undefined;

  constructor({ id, created, model, fingerprint, serviceTier }: ChatAnswer, options: ChunkOptions) {
    const frame: ChunkFrame = {
      id,
      object: 'chat.completion.chunk',
      created,
      model: model.snapshot,
      service_tier: serviceTier,
      system_fingerprint: fingerprint,
    };
    this.#opening = `${DATA}${JSON.stringify(frame).slice(0, -1)},"choices":[`;
    this.#openingLength = characters(this.#opening) - DATA.length;
    this.#noLogprobs = model.reasoning ? undefined : null;
    this.#afterText = model.reasoning ? ',"finish_reason":null}' : ',"logprobs":null,"finish_reason":null}';
    this.#options = options;
  }

  opening(index: number, delta: ChatDelta, logprobs?: ChoiceLogprobs): Write {
    return this.#choice('opening', { index, delta, logprobs: logprobs ?? this.#noLogprobs, finish_reason: null });
  }

  delta(index: number, delta: ChatDelta, logprobs?: ChoiceLogprobs): Write {
    return this.#choice('content', { index, delta, logprobs: logprobs ?? this.#noLogprobs, finish_reason: null });
  }

  /** What most of a stream consists of: `delta` of a piece of text. Only the text is put into JSON anew. */
  text(index: number, kind: 'content' | 'refusal', piece: string): Write {
    const { data, bytes } = this.#frameOf(index, kind).around(piece);
    const { isFinal } = this.#options;
    return { type: 'write', data, event: 'content', ...(isFinal && { holds: { events: 1, contents: 1, bytes } }) };
  }

  /** The same for many pieces at once, as few writes; of those that stand for no text nothing is sent. */
  *texts(index: number, kind: 'content' | 'refusal', pieces: Iterable<string>): Iterable<Write> {
    const frame = this.#frameOf(index, kind);
    let batch = { data: '', bytes: 0, contents: 0 };
    for (const piece of pieces) {
      if (piece === '') continue;
      const { data, bytes } = frame.around(piece);
      batch.data += data;
      batch.bytes += bytes;
      batch.contents += 1;
      if (batch.bytes < BATCH_BYTES) continue;
      yield together(batch);
      batch = { data: '', bytes: 0, contents: 0 };
    }
    if (batch.contents > 0) yield together(batch);
  }

  #frameOf(index: number, kind: 'content' | 'refusal'): TextFrame {
    if (this.#frame?.index !== index || this.#frame.kind !== kind) {
      this.#frame = new TextFrame(index, kind, { before: this.#opening, afterText: this.#afterText, options: this.#options });
      // A view of the other: thousands of streams hold them.
      this.#opening = this.#frame.opening.slice(0, this.#opening.length);
    }
    return this.#frame;
  }

  finish(index: number, reason: FinishReason): Write {
    return this.#choice('finish', { index, delta: {}, logprobs: this.#noLogprobs, finish_reason: reason });
  }

  usage(usage: Usage): Write {
    return this.#chunk('usage', '', usage);
  }

  #choice(kind: EventKind, choice: ChunkChoice): Write {
    return this.#chunk(kind, JSON.stringify(choice), null);
  }

  #chunk(kind: EventKind, choice: string, usage: Usage | null): Write {
    const { includeUsage, includeObfuscation, random } = this.#options;
    const end = includeUsage ? `],"usage":${JSON.stringify(usage)}` : ']';
    const data = `${this.#opening}${choice}${end}`;
    if (!includeObfuscation) return { type: 'write', data: `${data}}\n\n`, event: kind };
    const length = this.#openingLength + characters(choice) + end.length + OBFUSCATION_LENGTH;
    return { type: 'write', data: `${data},"obfuscation":"${obfuscation(paddingFor(length), random)}"}\n\n`, event: kind };
  }
}

/** The events of the pieces of one text: all that stands around the pieces, with its size. */
class TextFrame {
  readonly index: number;
  readonly kind: 'content' | 'refusal';
  /** Up to the piece. */
  readonly opening: string;
  readonly #end: string;
  readonly #closing: string;
  readonly #length: number;
  readonly #bytes: number;
  /** What obfuscation is drawn from; undefined without it. */
  readonly #random: Random | undefined;

  constructor(
    index: number,
    kind: 'content' | 'refusal',
    { before, afterText, options }: { readonly before: string; readonly afterText: string; readonly options: ChunkOptions },
  ) {
    const { includeUsage, includeObfuscation, random } = options;
    this.index = index;
    this.kind = kind;
    this.opening = `${before}{"index":${index},"delta":{"${kind}":`;
    this.#end = `}${afterText}${includeUsage ? '],"usage":null' : ']'}${includeObfuscation ? ',"obfuscation":"' : ''}`;
    this.#closing = includeObfuscation ? '"}\n\n' : '}\n\n';
    this.#length = characters(this.opening) - DATA.length + this.#end.length + '"}'.length;
    this.#bytes = utf8Length(this.opening) + this.#end.length + this.#closing.length;
    this.#random = includeObfuscation ? random : undefined;
  }

  /** The event, and its size in UTF-8. */
  around(piece: string): { readonly data: string; readonly bytes: number } {
    const { json, length, bytes } = textPiece(piece);
    const pad = this.#random === undefined ? '' : obfuscation(paddingFor(this.#length + length), this.#random);
    return {
      data: this.opening + json + this.#end + pad + this.#closing,
      bytes: this.#bytes + bytes + pad.length,
    };
  }
}

/** So long a write is handed on, however much follows. */
const BATCH_BYTES = 16_384;

interface Batch {
  readonly data: string;
  readonly bytes: number;
  readonly contents: number;
}

function together({ data, bytes, contents }: Batch): Write {
  return { type: 'write', data, holds: { events: contents, contents, bytes } };
}

const OBFUSCATION_LENGTH = ',"obfuscation":""}'.length;

/** Characters by which a JSON text has to grow to have one more than a multiple of sixteen (wire.md 3.3). */
export function paddingFor(length: number): number {
  return (((1 - length) % 16) + 16) % 16;
}
