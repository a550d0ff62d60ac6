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

interface Kept {
  readonly seq: number;
  body: Uint8Array | undefined;
}

/** A ring of records: the newest are kept, in order, within the bounds. Appending costs the same however full it is. */
export class Journal<Entry extends Kept> {
  readonly #bounds: JournalBounds;
  #ring: (Entry | undefined)[] = [];
  #next = 1;
  #first = 1;
  #oldestBody = 1;
  #bodyBytes = 0;

  constructor(bounds: JournalBounds) {
    this.#bounds = bounds;
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
    const slot = entry.seq % this.#bounds.entries;
    const old = this.#ring[slot];
    if (old !== undefined) this.#dropBody(old);
    this.#ring[slot] = entry;
    this.#next = entry.seq + 1;
    this.#bodyBytes += entry.body?.byteLength ?? 0;
    while (this.#bodyBytes > this.#bounds.bodyBytes && this.#oldestBody < this.#next) {
      const oldest = this.#at(this.#oldestBody);
      if (oldest !== undefined) this.#dropBody(oldest);
      this.#oldestBody += 1;
    }
  }

  /** The records after the given number, oldest first. */
  since(seq: number): Entry[] {
    const start = Math.max(seq + 1, this.#next - this.#bounds.entries, this.#first);
    const entries: Entry[] = [];
    for (let at = start; at < this.#next; at++) {
      const entry = this.#at(at);
      if (entry !== undefined) entries.push(entry);
    }
    return entries;
  }

  /** Forgets everything; numbering goes on, so that a reader who remembers a number misses nothing. */
  clear(): void {
    this.#ring = [];
    this.#first = this.#next;
    this.#oldestBody = this.#next;
    this.#bodyBytes = 0;
  }

  #at(seq: number): Entry | undefined {
    const entry = this.#ring[seq % this.#bounds.entries];
    return entry?.seq === seq ? entry : undefined;
  }

  #dropBody(entry: Entry): void {
    this.#bodyBytes -= entry.body?.byteLength ?? 0;
    entry.body = undefined;
  }
}
