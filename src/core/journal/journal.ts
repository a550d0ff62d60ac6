import type { MemoryBudget } from '../memo/memory-budget.ts';

/** How much a journal keeps. */
export interface JournalBounds {
  readonly entries: number;
  /** Bytes of request bodies, kept so that they can be compared when the journal is read. */
  readonly bodyBytes: number;
  /** What the bodies of all sessions share. */
  readonly budget?: MemoryBudget;
  /** Requests of these calls, by the names in their paths, are counted by listeners and not kept. */
  leavesOut?(call: string): boolean;
}

export const DEFAULT_BOUNDS: JournalBounds = {
  entries: 10_000,
  bodyBytes: 16 * 1024 * 1024,
};

interface Numbered {
  readonly seq: number;
}

/** Where records are. When they are over they are packed: what is kept as objects is paid for by every collection of garbage. */
export interface Archive<Entry extends Numbered> {
  /** Keeps a record that may still change. */
  hold(entry: Entry): void;
  /** Packs a record that is over, unless it was forgotten. */
  put(entry: Entry): void;
  /** The record as it is, or as it was put; undefined where there is none. */
  get(seq: number): Entry | undefined;
  /** Forgets the records before this one. */
  dropBefore(seq: number): void;
}

/** A ring of records: the newest are kept, in order, within the bounds. Appending costs the same however full it is. */
export class Journal<Entry extends Numbered> {
  readonly #bounds: JournalBounds;
  readonly #archive: Archive<Entry>;
  #next = 1;
  #first = 1;

  constructor(bounds: JournalBounds, archive: Archive<Entry>) {
    this.#bounds = bounds;
    this.#archive = archive;
  }

  /** The number that the next record will bear. */
  get nextSeq(): number {
    return this.#next;
  }

  /** Records that fell out of the ring. */
  get dropped(): number {
    return Math.max(0, this.#next - this.#first - this.#bounds.entries);
  }

  /** Records in the ring. */
  get kept(): number {
    return Math.min(this.#next - this.#first, this.#bounds.entries);
  }

  append(entry: Entry): void {
    this.#next = entry.seq + 1;
    this.#archive.dropBefore(this.#start);
    this.#archive.hold(entry);
  }

  /** To be called when nothing of the record will change any more. */
  close(entry: Entry): void {
    if (entry.seq >= this.#start) this.#archive.put(entry);
  }

  /** The records after the given number, oldest first, read one by one. What is forgotten meanwhile is left out, and what comes meanwhile. */
  *since(seq: number): Generator<Entry> {
    const end = this.#next;
    for (let at = Math.max(seq + 1, this.#start); at < end; at++) {
      const entry = this.#archive.get(at);
      if (entry !== undefined) yield entry;
    }
  }

  /** Forgets everything; numbering goes on, so that a reader who remembers a number misses nothing. */
  clear(): void {
    this.#first = this.#next;
    this.#archive.dropBefore(this.#next);
  }

  /** The number of the oldest record that is kept. */
  get #start(): number {
    return Math.max(this.#first, this.#next - this.#bounds.entries);
  }
}
