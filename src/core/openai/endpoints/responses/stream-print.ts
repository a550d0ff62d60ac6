import { utf8Length } from '../../../text/utf8.ts';
import { bytesOf } from '../../../wire/bytes.ts';
import type { Effect, Write } from '../../../wire/effect.ts';
import { hole } from '../../wire/printed-template.ts';
import { EventWriter, type Obfuscate } from './event-writer.ts';
import type { ItemIds, ItemStream, OutputItem } from './output-item.ts';
import { BATCH_BYTES, type BatchText, PrintedBatch } from './printed-batch.ts';

/** What differs from stream to stream of one answer. */
export interface StreamIdentity {
  readonly id: string;
  /** In seconds since the epoch. */
  readonly createdAt: number;
  /** Of the items of the answer, in their order. */
  readonly items: readonly ItemIds[];
}

/**
 * Events of an answer, as few writes. What is printed is found once; ids, times and obfuscation are filled in. It serves
 * streams without a wait that nothing looks at event by event.
 */
export class StreamPrint {
  /** How many there are. */
  readonly events: number;
  readonly #batches: readonly PrintedBatch[];

  constructor(batches: readonly BatchText[]) {
    this.#batches = batches.map((batch) => new PrintedBatch(batch));
    this.events = batches.reduce((total, { events }) => total + events, 0);
  }

  *writes(identity: StreamIdentity, obfuscate: Obfuscate | undefined): Iterable<Write> {
    const values = valuesOf(identity).map(bytesOf);
    for (const batch of this.#batches) yield batch.write(values, obfuscate);
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

const NOTHING = { text: '', bytes: 0, events: 0, contents: 0 };
/** What is filled into the holes of an event may be so much longer than their marks. */
const ROOM_BYTES = 64;

/** Puts events together that are to be one write. */
class Batches {
  /** Of all that was added, in UTF-16 units. */
  length = 0;
  readonly #closed: BatchText[] = [];
  #open = NOTHING;

  add({ data, event }: Write): void {
    // With room for what is longer than the mark of its hole.
    const bytes = utf8Length(String(data)) + ROOM_BYTES;
    if (this.#open.bytes + bytes > BATCH_BYTES) this.close();
    const open = this.#open;
    this.#open = {
      text: open.text + String(data),
      bytes: open.bytes + bytes,
      events: open.events + 1,
      contents: open.contents + (event === 'content' ? 1 : 0),
    };
    this.length += data.length;
  }

  close(): readonly BatchText[] {
    if (this.#open.events > 0) this.#closed.push(batchOf(this.#open));
    this.#open = NOTHING;
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

function batchOf({ text: printed, events, contents }: { text: string; events: number; contents: number }): BatchText {
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
  return { pieces, holes, events, contents };
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
