import { bytesOf } from './bytes.ts';
import { DATA_FIELD, dataLines } from './data-lines.ts';
import type { Write } from './effect.ts';

/** Some of the data of an event, without what frames it in a stream of events. */
interface DataPiece {
  readonly data: string | Uint8Array;
  /** The event ends with it. */
  readonly isLast: boolean;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Reads the data out of a stream of events as it is written, whatever its framing (WHATWG HTML, 9.2.6). Each event has one line of data. */
export class EventDataReader {
  /** A piece of an event was read, and more of it follows. */
  #isInside = false;
  /** The beginning of the line, while it may be that of a line with data; undefined in all other lines. */
  #name: string | undefined = '';
  #isData = false;

  /** The data in what is written. An event without any has none. */
  read({ data, partOf }: Write): readonly DataPiece[] {
    if (typeof data === 'string' && partOf === undefined && !this.#isInside) {
      return dataLines(data).map((line) => ({ data: line, isLast: true }));
    }
    this.#isInside = partOf !== undefined;
    return [{ data: this.#dataOf(bytesOf(data)), isLast: partOf === undefined }];
  }

  #dataOf(bytes: Uint8Array): Uint8Array {
    const found = new Uint8Array(bytes.length);
    let length = 0;
    for (const byte of bytes) {
      if (byte === LINE_FEED || byte === CARRIAGE_RETURN) {
        this.#name = '';
        this.#isData = false;
      } else if (this.#isData) found[length++] = byte;
      else if (this.#name !== undefined) this.#readName(byte);
    }
    return found.subarray(0, length);
  }

  #readName(byte: number): void {
    const name: string = this.#name + String.fromCharCode(byte);
    this.#isData = name === DATA_FIELD;
    this.#name = DATA_FIELD.startsWith(name) && !this.#isData ? name : undefined;
  }
}
