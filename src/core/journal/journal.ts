/** How much a journal keeps. */
export interface JournalBounds {
  readonly entries: number;
  /** Bytes of request bodies, kept so that they can be compared when the journal is read. */
  readonly bodyBytes: number;
}

export const DEFAULT_BOUNDS: JournalBounds = {
  entries: 10_000,
  bodyBytes: 16 * 1024 * 1024,
};

interface Numbered {
  readonly seq: number;
}

/** Where records go when they are over: what is kept as objects is paid for by every collection of garbage. */
export interface Archive<Entry extends Numbered> {
  put(entry: Entry): void;
  /** The record, as it was put; undefined where there is none. */
  get(seq: number): Entry | undefined;
  /** Forgets the records before this one. */
  dropBefore(seq: number): void;
}

/** A ring of records: the newest are kept, in order, within the bounds. Appending costs the same however full it is. */
export class Journal<Entry extends Numbered> {
  readonly #bounds: JournalBounds;
  readonly #archive: Archive<Entry>;
  /** The last record, while it is not over: most are over before the next comes. */
  #last: Entry | undefined;
  /** The others that are not. */
  readonly #open = new Map<number, Entry>();
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
    if (this.#last !== undefined) this.#open.set(this.#last.seq, this.#last);
    this.#last = entry;
    this.#next = entry.seq + 1;
    const start = this.#start;
    if (this.#open.size > 0) this.#open.delete(start - 1);
    this.#archive.dropBefore(start);
  }

  /** To be called when nothing of the record will change any more. */
  close(entry: Entry): void {
    const isLast = entry === this.#last;
    if (isLast) this.#last = undefined;
    if (isLast || this.#open.delete(entry.seq)) this.#archive.put(entry);
  }

  /** The records after the given number, oldest first. */
  since(seq: number): Entry[] {
    const entries: Entry[] = [];
    for (let at = Math.max(seq + 1, this.#start); at < this.#next; at++) {
      const entry = this.#last?.seq === at ? this.#last : (this.#open.get(at) ?? this.#archive.get(at));
      if (entry !== undefined) entries.push(entry);
    }
    return entries;
  }

  /** Forgets everything; numbering goes on, so that a reader who remembers a number misses nothing. */
  clear(): void {
    this.#last = undefined;
    this.#open.clear();
    this.#first = this.#next;
    this.#archive.dropBefore(this.#next);
  }

  /** The number of the oldest record that is kept. */
  get #start(): number {
    return Math.max(this.#first, this.#next - this.#bounds.entries);
  }
}
