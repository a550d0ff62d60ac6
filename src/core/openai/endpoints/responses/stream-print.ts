import { utf8Length } from '../../../text/utf8.ts';
import type { Effect, Write } from '../../../wire/effect.ts';
import { hole } from '../../wire/printed-template.ts';
import { EventWriter, type Obfuscate } from './event-writer.ts';
import type { ItemIds, ItemStream, OutputItem } from './output-item.ts';

/** What differs from stream to stream of one answer. */
export interface StreamIdentity {
  readonly id: string;
  /** In seconds since the epoch. */
  readonly createdAt: number;
  /** Of the items of the answer, in their order. */
  readonly items: readonly ItemIds[];
}

/** Several events as they are printed, with holes in them: one more piece than holes. */
interface Batch {
  readonly pieces: readonly string[];
  /** The place of a value; below zero, the length of an obfuscation: -1 for none, -2 for one character. */
  readonly holes: readonly number[];
  readonly events: number;
  readonly contents: number;
  /** Of the pieces in UTF-8. */
  readonly bytes: number;
}

/**
 * Events of an answer, as few writes. What is printed is found once; ids, times and obfuscation are filled in. It serves
 * streams without a wait that nothing looks at event by event.
 */
export class StreamPrint {
  /** How many there are. */
  readonly events: number;
  readonly #batches: readonly Batch[];

  constructor(batches: readonly Batch[]) {
    this.#batches = batches;
    this.events = batches.reduce((total, { events }) => total + events, 0);
  }

  *writes(identity: StreamIdentity, obfuscate: Obfuscate | undefined): Iterable<Write> {
    const values = valuesOf(identity);
    for (const { pieces, holes, events, contents, bytes } of this.#batches) {
      let data = pieces[0] ?? '';
      let filled = 0;
      for (let at = 0; at < holes.length; at++) {
        const place = holes[at] ?? 0;
        const value = place < 0 ? (obfuscate?.(-1 - place) ?? '') : (values[place] ?? '');
        filled += value.length;
        data = data + value + (pieces[at + 1] ?? '');
      }
      yield { type: 'write', data, holds: { events, contents, bytes: bytes + filled } };
    }
  }
}

/** What events are told with. */
export interface Telling extends Pick<ItemStream, 'writer' | 'deltas'> {
  /** Asked for each item as its turn comes. */
  idsOf(item: OutputItem, index: number): ItemIds;
}

/** Tells events of an answer, each by itself. */
type Tell = (begun: Pick<StreamIdentity, 'id' | 'createdAt'>, telling: Telling) => Iterable<Effect>;

/** Longer streams are told anew each time, for the memory that a print takes. UTF-16 units. */
const MAX_LENGTH = 256 * 1024;
/** So long a batch is closed. UTF-16 units. */
const BATCH_LENGTH = 16_384;

/** The print of what is told; undefined where it has none. Without `obfuscated` its pieces have no obfuscation. */
export function printStream(obfuscated: boolean, tell: Tell): StreamPrint | undefined {
  if (saysMark(tell)) return undefined;
  let likely = false;
  const deltas: ItemStream['deltas'] = function* (writer, text, logprobs) {
    likely ||= logprobs !== undefined;
    for (const piece of text.pieces()) if (piece !== '') yield writer.piece(piece);
  };
  const batches = new Batches();
  const writer = new EventWriter(obfuscated ? padding : undefined);
  for (const effect of tell({ id: hole(0), createdAt: hole<number>(1) }, { idsOf: holesOf, writer, deltas })) {
    if (effect.type !== 'write') return undefined;
    batches.add(effect);
    // Log probabilities are drawn anew for each stream.
    if (likely || batches.length > MAX_LENGTH) return undefined;
  }
  const closed = batches.close();
  // Of an identity only whole parts may be told.
  return closed.some(({ pieces }) => pieces.some(hasMark)) ? undefined : new StreamPrint(closed);
}

/** Puts events together that are to be one write. */
class Batches {
  /** Of all that was added, in UTF-16 units. */
  length = 0;
  readonly #closed: Batch[] = [];
  #open = { text: '', events: 0, contents: 0 };

  add({ data, event }: Write): void {
    const open = this.#open;
    open.text += data;
    open.events += 1;
    if (event === 'content') open.contents += 1;
    this.length += data.length;
    if (open.text.length >= BATCH_LENGTH) this.close();
  }

  close(): readonly Batch[] {
    if (this.#open.events > 0) this.#closed.push(batchOf(this.#open));
    this.#open = { text: '', events: 0, contents: 0 };
    return this.#closed;
  }
}

/** Whether a text of the request or of the scenario looks like a hole. */
function saysMark(tell: Tell): boolean {
  const idsOf = () => ({ id: '', callId: '', seal: '' });
  const deltas: ItemStream['deltas'] = function* (writer, text) {
    yield writer.piece(text.text);
  };
  for (const effect of tell({ id: '', createdAt: 0 }, { idsOf, writer: new EventWriter(undefined), deltas })) {
    if (effect.type === 'write' && hasMark(String(effect.data))) return true;
  }
  return false;
}

function hasMark(text: string): boolean {
  return text.includes(MARK);
}

const MARK = '\\u0000';

/** How a hole looks in a text: a value with its quotes, a number, or what stands for an obfuscation of a length. */
const HOLES = /"\\u0000(\d+)\\u0000"|(?<=:)\\u0000(\d+)\\u0000|\\u0000-(\d+)\\u0000/g;

function padding(length: number): string {
  return `${MARK}-${length}${MARK}`;
}

function batchOf({ text: printed, events, contents }: { text: string; events: number; contents: number }): Batch {
  const pieces: string[] = [];
  const holes: number[] = [];
  // What was filled into another print is not escaped.
  const text = printed.replaceAll('\u0000', MARK);
  let end = 0;
  for (const { 0: mark, 1: value, 2: number, 3: padded, index } of text.matchAll(HOLES)) {
    pieces.push(text.slice(end, index));
    holes.push(padded === undefined ? Number(value ?? number) : -1 - Number(padded));
    end = index + mark.length;
  }
  pieces.push(text.slice(end));
  return { pieces, holes, events, contents, bytes: pieces.reduce((total, piece) => total + utf8Length(piece), 0) };
}

/** Holes for the ids of an item, numbered as {@link valuesOf} has their values. */
function holesOf({ hasCallId, sealedLength }: OutputItem, index: number): ItemIds {
  return {
    id: hole(2 + 3 * index),
    callId: hasCallId === true ? hole(3 + 3 * index) : '',
    seal: sealedLength === undefined ? '' : hole(4 + 3 * index),
  };
}

function valuesOf({ id, createdAt, items }: StreamIdentity): string[] {
  const values = [`"${id}"`, String(createdAt)];
  for (const { id: item, callId, seal } of items) values.push(`"${item}"`, `"${callId}"`, `"${seal}"`);
  return values;
}
