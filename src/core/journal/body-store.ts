import type { Holder, MemoryBudget } from '../memo/memory-budget.ts';

/** Memory is taken in so many parts, each when it is first needed. */
const PARTS = 256;
/** Of a part, to begin with. */
const FIRST_BYTES = 1_024;

/** The newest bytes of so many, outside of the heap. What is written gets an address, by which it is found while it is kept. */
export class BodyStore implements Holder {
  older: Holder | undefined;
  newer: Holder | undefined;
  heldBytes = 0;
  readonly #size: number;
  readonly #partSize: number;
  readonly #budget: MemoryBudget | undefined;
  #parts: (Uint8Array | undefined)[] = [];
  /** Where the next byte goes; addresses are never used again. */
  #next = 0;
  /** The lowest address since all was forgotten. */
  #first = 0;

  /** `budget` is what it shares with others; without it nobody asks for its memory. */
  constructor(bytes: number, budget?: MemoryBudget) {
    this.#size = bytes;
    this.#budget = budget;
    this.#partSize = Math.max(1, Math.ceil(bytes / PARTS));
  }

  /** Keeps the bytes, and forgets as many of the oldest as it takes; returns their address. */
  write(bytes: Uint8Array): number {
    const address = this.#next;
    // What is too long is forgotten at once, and no other for it.
    if (bytes.length > this.#size) return -1;
    this.#next += bytes.length;
    this.#budget?.use(this);
    this.#each(address, bytes.length, (part, start, at, length) => {
      part.set(at === 0 && length === bytes.length ? bytes : bytes.subarray(at, at + length), start);
    });
    return address;
  }

  /** Whether the bytes of that address are kept. */
  holds(address: number): boolean {
    return address >= Math.max(this.#first, this.#next - this.#size);
  }

  /** The bytes of that address; undefined when they were forgotten. */
  read(address: number, length: number): Uint8Array | undefined {
    if (!this.holds(address)) return undefined;
    const bytes = new Uint8Array(length);
    this.#each(address, length, (part, start, at, count) => bytes.set(part.subarray(start, start + count), at));
    return bytes;
  }

  /** Forgets everything. */
  clear(): void {
    this.#parts = [];
    this.#first = this.#next;
    this.#budget?.resize(this, 0);
  }

  /** See `clear`. */
  forget(): void {
    this.clear();
  }

  /** The part, with room for so many bytes: there may be a thousand stores, each with little in it. */
  #part(number: number, length: number): Uint8Array {
    const part = this.#parts[number];
    if (part !== undefined && part.length >= length) return part;
    const larger = new Uint8Array(Math.min(this.#partSize, Math.max(length, FIRST_BYTES, 2 * (part?.length ?? 0))));
    if (part !== undefined) larger.set(part);
    this.#parts[number] = larger;
    this.#budget?.resize(this, this.heldBytes + larger.length - (part?.length ?? 0));
    return larger;
  }

  /** Goes through the places of the addresses: in which part, where in it, how far from the first address, how many. */
  #each(address: number, length: number, visit: (part: Uint8Array, start: number, at: number, count: number) => void): void {
    for (let at = 0; at < length; ) {
      const place = (address + at) % this.#size;
      const number = Math.floor(place / this.#partSize);
      const start = place - number * this.#partSize;
      const count = Math.min(length - at, this.#partSize - start, this.#size - place);
      visit(this.#part(number, start + count), start, at, count);
      at += count;
    }
  }
}
