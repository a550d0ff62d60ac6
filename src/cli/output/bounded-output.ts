import type { Writable } from 'node:stream';

/** Bytes that may wait for a reader. */
const MOST_WAITING_BYTES = 1024 * 1024;
/** Time for a reader to take the rest at the end. */
const LAST_MS = 500;

/** Lines for a reader that may not read: what is too much for it is left out, and it is told so when it reads again. */
export class BoundedOutput {
  readonly #stream: Writable;
  readonly #leftOutLine: (lines: number) => string;
  #leftOut = 0;

  /** `leftOutLine` says that so many lines are missing. */
  constructor(stream: Writable, leftOutLine: (lines: number) => string) {
    this.#stream = stream;
    this.#leftOutLine = leftOutLine;
  }

  /** Writes a line, which ends with a line break. */
  write(line: string): void {
    if (this.#leftOut === 0 && this.#stream.writableLength < MOST_WAITING_BYTES) {
      this.#stream.write(line);
      return;
    }
    if (this.#leftOut === 0) this.#stream.once('drain', () => this.#goOn());
    this.#leftOut += 1;
  }

  /** Resolves when the reader has taken all, or has not within a moment: whether it has. */
  async settled(): Promise<boolean> {
    if (this.#stream.writableLength === 0) return true;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), LAST_MS);
      this.#stream.write('', () => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  #goOn(): void {
    this.#stream.write(this.#leftOutLine(this.#leftOut));
    this.#leftOut = 0;
  }
}
