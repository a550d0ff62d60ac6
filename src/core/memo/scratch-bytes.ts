/**
 * Bytes that are written, sent and written again: most of the garbage of long answers would be theirs. What nobody gives back is
 * not used again.
 */
export class ScratchBytes {
  readonly #free: Uint8Array[] = [];
  readonly #bytes: number;
  readonly #kept: number;

  /** So many bytes each; so many of them are kept. */
  constructor(bytes: number, kept: number) {
    this.#bytes = bytes;
    this.#kept = kept;
  }

  /** Bytes with anything in them. */
  take(): Uint8Array {
    return this.#free.pop() ?? new Uint8Array(this.#bytes);
  }

  /** To be called once for what was taken, when nothing reads it any more. */
  giveBack(bytes: Uint8Array): void {
    if (this.#free.length < this.#kept) this.#free.push(bytes);
  }
}
