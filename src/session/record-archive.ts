import type { Archive } from '../core/journal/journal.ts';
import { rememberLast } from '../core/memo/remember-last.ts';
import type { JournalRecord } from '../exchange/record.ts';
import { type ColumnStore, columns, recordCodec } from './record-codec.ts';

/** Records of one block: memory is taken, and given back, for so many at once. Small, for there may be a thousand sessions. */
const BLOCK = 16;
/** Bytes for the texts of a block to begin with. */
const TEXT_BYTES = 4 * 1_024;
/** Numbers that tell where the texts of a record begin and end. */
const PLACES = 4;

/**
 * Records: as objects while they may change, and when they are over in columns: numbers and bytes are outside of the heap,
 * and everything else is shared by many. Ten thousand records cost the collection of garbage nothing, and a few MB.
 */
export class RecordArchive implements Archive<JournalRecord> {
  readonly #blocks = new Map<number, Block>();
  /** Of the oldest block. */
  #first = 0;
  /** The last block that was forgotten: its memory serves the next. */
  #spare: Block | undefined;

  hold(record: JournalRecord): void {
    this.#blockOf(record.seq)?.hold(record.seq % BLOCK, record);
  }

  put(record: JournalRecord): void {
    this.#blockOf(record.seq)?.put(record.seq % BLOCK, record);
  }

  get(seq: number): JournalRecord | undefined {
    return this.#blocks.get(Math.floor(seq / BLOCK))?.get(seq % BLOCK, seq);
  }

  dropBefore(seq: number): void {
    const number = Math.floor(seq / BLOCK);
    for (; this.#first < number; this.#first++) {
      this.#spare = this.#blocks.get(this.#first) ?? this.#spare;
      this.#blocks.delete(this.#first);
      this.#spare?.clear();
    }
  }

  /** Undefined where it was forgotten. */
  #blockOf(seq: number): Block | undefined {
    const number = Math.floor(seq / BLOCK);
    if (number < this.#first) return undefined;
    let block = this.#blocks.get(number);
    if (block === undefined) {
      block = this.#spare ?? new Block();
      this.#spare = undefined;
      this.#blocks.set(number, block);
    }
    return block;
  }
}

class Block {
  /** Those that are not over. */
  readonly #held: (JournalRecord | undefined)[] = new Array(BLOCK).fill(undefined);
  readonly #columns: ColumnStore = {
    numbers: new Float64Array(BLOCK * columns.numbers.length),
    shared: new Array(BLOCK * columns.shared.length).fill(undefined),
  };
  /** The places of two texts for each record: its own, and those of its client. */
  readonly #places = new Uint32Array(BLOCK * PLACES);
  #text = Buffer.allocUnsafeSlow(TEXT_BYTES);
  #used = 0;
  /** The client of the record that was put last, as text, and where that is. */
  #client = '';
  #clientAt = 0;
  #clientEnd = 0;

  clear(): void {
    this.#held.fill(undefined);
    this.#columns.shared.fill(undefined);
    this.#places.fill(0);
    this.#used = 0;
    this.#client = '';
  }

  hold(slot: number, record: JournalRecord): void {
    this.#held[slot] = record;
  }

  put(slot: number, record: JournalRecord): void {
    this.#held[slot] = undefined;
    recordCodec.write(record, this.#columns, slot);
    const client = clientTextsOf(record);
    if (client !== this.#client) {
      this.#clientAt = this.#used;
      this.#client = client;
      this.#write(client);
      this.#clientEnd = this.#used;
    }
    const start = this.#used;
    this.#write(recordCodec.printTexts(record));
    const first = slot * PLACES;
    this.#places[first] = start;
    this.#places[first + 1] = this.#used;
    this.#places[first + 2] = this.#clientAt;
    this.#places[first + 3] = this.#clientEnd;
  }

  #write(text: string): void {
    const most = this.#used + 3 * text.length;
    if (most > this.#text.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(most, 2 * this.#text.length));
      this.#text.copy(larger, 0, 0, this.#used);
      this.#text = larger;
    }
    this.#used += this.#text.write(text, this.#used);
  }

  #textAt(place: number): string {
    return this.#text.toString('utf8', this.#places[place], this.#places[place + 1]);
  }

  get(slot: number, seq: number): JournalRecord | undefined {
    const held = this.#held[slot];
    if (held !== undefined) return held;
    const first = slot * PLACES;
    if (this.#places[first + 1] === 0) return undefined;
    const own = JSON.parse(this.#textAt(first)) as readonly unknown[];
    const client = parsedClient(this.#textAt(first + 2));
    return recordCodec.read(seq, this.#columns, slot, { own, client });
  }
}

/** The texts of the client of the last record, as JSON: most records come from the client of the one before. */
const clientTextsOf = rememberLast(
  (record: JournalRecord) => JSON.stringify(columns.clientTexts.map((name) => record[name])),
  (record, { given }) => recordCodec.haveSameClient(record, given),
);

/** The reverse. Records of one client share its texts. */
const parsedClient = rememberLast((json: string) => JSON.parse(json) as readonly unknown[]);
