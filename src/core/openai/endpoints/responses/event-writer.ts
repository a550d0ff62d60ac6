import type { EventKind, Write } from '../../../wire/effect.ts';
import { type TextPiece, textPiece } from '../../wire/text-piece.ts';
import type { DeltaName, EventFields, ItemPlace, ResponseEvents } from './response-event.ts';
import { printed } from './response-json.ts';

/** Streams of pieces: what comes before the piece and after it. Keys stand in wire order (wire-responses.md 3.1). */
export interface DeltaShape {
  readonly type: DeltaName;
  readonly contentIndex?: number;
  readonly summaryIndex?: number;
  /** Has a list of log probabilities, empty where none are asked for. */
  readonly hasLogprobs?: true;
  /** Has no obfuscation, whatever the request says. */
  readonly plain?: true;
  /** A piece of the answer, or of what comes before it. */
  readonly kind: Extract<EventKind, 'content' | 'progress'>;
}

/** A text of that length, which hides how long the piece is. */
export type Obfuscate = (length: number) => string;

/** Writes the events of one stream (wire-responses.md 3.1): each is named twice, and has the next number. */
export class EventWriter {
  #sequence = 0;
  readonly #obfuscate: Obfuscate | undefined;

  /** Without `obfuscate` no event has an obfuscation. */
  constructor(obfuscate: Obfuscate | undefined) {
    this.#obfuscate = obfuscate;
  }

  /** So many events were written elsewhere. */
  skip(events: number): void {
    this.#sequence += events;
  }

  /** The fields stand in alphabetical order. */
  event<Name extends keyof EventFields>(kind: EventKind, type: Name, fields: EventFields[Name]): Write {
    const body: Record<string, unknown> = { type };
    let numbered = false;
    for (const name in fields) {
      if (!numbered && name > NUMBER) {
        body[NUMBER] = this.#sequence++;
        numbered = true;
      }
      body[name] = fields[name as keyof EventFields[Name]];
    }
    if (!numbered) body[NUMBER] = this.#sequence++;
    return { type: 'write', data: framed(type, printed(body)), event: kind };
  }

  /** An event about the whole response, which was printed before. */
  response(kind: EventKind, type: keyof ResponseEvents, response: string): Write {
    const body = `{"type":"${type}","response":${response},"sequence_number":${this.#sequence++}}`;
    return { type: 'write', data: framed(type, body), event: kind };
  }

  deltas(place: ItemPlace, shape: DeltaShape): DeltaWriter {
    return new DeltaWriter(place, shape, {
      next: () => this.#sequence++,
      obfuscate: shape.plain === true ? undefined : this.#obfuscate,
    });
  }
}

const NUMBER = 'sequence_number';

function framed(type: string, body: string): string {
  return `event: ${type}\ndata: ${body}\n\n`;
}

/** Writes the pieces of one text. What stands around each piece is put together once. */
export class DeltaWriter {
  readonly #kind: DeltaShape['kind'];
  readonly #opening: string;
  readonly #middle: string;
  readonly #ending: string;
  readonly #closing: string;
  readonly #hasLogprobs: boolean;
  readonly #numbers: { next(): number; readonly obfuscate: Obfuscate | undefined };

  constructor(
    { item_id: itemId, output_index: outputIndex }: ItemPlace,
    { type, kind, contentIndex, summaryIndex, hasLogprobs }: DeltaShape,
    numbers: { next(): number; readonly obfuscate: Obfuscate | undefined },
  ) {
    this.#kind = kind;
    this.#opening = `event: ${type}\ndata: {"type":"${type}",${contentIndex === undefined ? '' : `"content_index":${contentIndex},`}"delta":`;
    this.#middle = `,"item_id":${JSON.stringify(itemId)}`;
    this.#ending = `,"output_index":${outputIndex},"sequence_number":`;
    this.#closing = `${summaryIndex === undefined ? '' : `,"summary_index":${summaryIndex}`}}\n\n`;
    this.#hasLogprobs = hasLogprobs === true;
    this.#numbers = numbers;
  }

  piece(text: string, logprobs?: readonly unknown[]): Write {
    return { type: 'write', data: this.#around(textPiece(text), logprobs), event: this.#kind };
  }

  /** Many pieces at once, as few writes; of those that stand for no text nothing is sent. */
  *pieces(texts: Iterable<string>): Iterable<Write> {
    let data = '';
    let events = 0;
    let bytes = 0;
    for (const text of texts) {
      if (text === '') continue;
      const piece = textPiece(text);
      const next = this.#around(piece, undefined);
      data += next;
      // All but the piece is ASCII.
      bytes += next.length + piece.bytes - piece.json.length;
      events += 1;
      if (data.length < BATCH_LENGTH) continue;
      yield this.#together(data, events, bytes);
      data = '';
      events = 0;
      bytes = 0;
    }
    if (events > 0) yield this.#together(data, events, bytes);
  }

  #together(data: string, events: number, bytes: number): Write {
    return { type: 'write', data, holds: { events, contents: this.#kind === 'content' ? events : 0, bytes } };
  }

  #around({ json, characters }: TextPiece, logprobs: readonly unknown[] | undefined): string {
    const { obfuscate } = this.#numbers;
    const likely = this.#hasLogprobs ? `,"logprobs":${logprobs === undefined ? '[]' : JSON.stringify(logprobs)}` : '';
    const pad = obfuscate === undefined ? '' : `,"obfuscation":"${obfuscate(paddingFor(characters))}"`;
    const before = this.#opening + json + this.#middle + likely + pad + this.#ending;
    return before + this.#numbers.next() + this.#closing;
  }
}

/** So long a write is handed on, however much follows. UTF-16 units. */
const BATCH_LENGTH = 16_384;

/** Characters that make a piece of that length and its padding a multiple of sixteen together (wire-responses.md 3.1). */
function paddingFor(length: number): number {
  return (16 - (length % 16)) % 16;
}
