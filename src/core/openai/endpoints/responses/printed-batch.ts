import { ScratchBytes } from '../../../memo/scratch-bytes.ts';
import { bytesOf } from '../../../wire/bytes.ts';
import type { Write } from '../../../wire/effect.ts';
import type { Obfuscate } from './event-writer.ts';

/** Several events as they are printed, with holes in them: one more piece than holes. */
export interface BatchText {
  readonly pieces: readonly string[];
  /** The place of a value; below zero, the length of an obfuscation: -1 for none, -2 for one character. */
  readonly holes: readonly number[];
  readonly events: number;
  readonly contents: number;
}

/** A batch takes so many bytes at most, but for one event that is longer. */
export const BATCH_BYTES = 64 * 1024;

const scratch = new ScratchBytes(BATCH_BYTES, 32);

/**
 * Events that are one write. They are kept as bytes: to fill in what differs from stream to stream takes a third of the time that
 * it takes as text, which is put together, joined and encoded each time.
 */
export class PrintedBatch {
  readonly #text: BatchText;
  readonly #amount: { readonly events: number; readonly contents: number };
  /** What was laid out for values of these lengths. */
  #layout: Layout | undefined;

  constructor(text: BatchText) {
    this.#text = text;
    this.#amount = { events: text.events, contents: text.contents };
  }

  /** `values`: ASCII, by the places that the holes name. */
  write(values: readonly Uint8Array[], obfuscate: Obfuscate | undefined): Write {
    const layout = this.#layoutFor(values);
    const { template, offsets } = layout;
    const { holes } = this.#text;
    const isLong = template.length > BATCH_BYTES;
    const bytes = isLong ? new Uint8Array(template.length) : scratch.take();
    bytes.set(template);
    for (let at = 0; at < holes.length; at++) {
      const place = holes[at] ?? 0;
      const offset = offsets[at] ?? 0;
      if (place >= 0) bytes.set(values[place] ?? NOTHING, offset);
      else if (obfuscate !== undefined) writeAscii(bytes, offset, obfuscate(-1 - place));
    }
    const data = isLong ? bytes : bytes.subarray(0, template.length);
    return {
      type: 'write',
      data,
      holds: { ...this.#amount, bytes: template.length },
      ...(isLong ? {} : { giveBack: (given: Write['data']) => void (given === data && scratch.giveBack(bytes)) }),
    };
  }

  #layoutFor(values: readonly Uint8Array[]): Layout {
    if (this.#layout === undefined || !fits(this.#layout, values)) this.#layout = layOut(this.#text, values);
    return this.#layout;
  }
}

const NOTHING = new Uint8Array(0);

/** The bytes of a batch, and where its holes are in them. */
interface Layout {
  readonly lengths: readonly number[];
  readonly template: Uint8Array;
  readonly offsets: Int32Array;
}

function fits({ lengths }: Layout, values: readonly Uint8Array[]): boolean {
  if (lengths.length !== values.length) return false;
  for (let place = 0; place < values.length; place++) if (lengths[place] !== values[place]?.length) return false;
  return true;
}

function layOut({ pieces, holes }: BatchText, values: readonly Uint8Array[]): Layout {
  const parts = pieces.map(bytesOf);
  const lengthOf = (place: number) => (place < 0 ? -1 - place : (values[place]?.length ?? 0));
  const offsets = new Int32Array(holes.length);
  let length = parts[0]?.length ?? 0;
  for (const [at, place] of holes.entries()) {
    offsets[at] = length;
    length += lengthOf(place) + (parts[at + 1]?.length ?? 0);
  }
  const template = new Uint8Array(length);
  for (const [at, part] of parts.entries()) {
    const before = holes[at - 1];
    template.set(part, before === undefined ? 0 : (offsets[at - 1] ?? 0) + lengthOf(before));
  }
  return { lengths: values.map((value) => value.length), template, offsets };
}

function writeAscii(bytes: Uint8Array, offset: number, text: string): void {
  for (let at = 0; at < text.length; at++) bytes[offset + at] = text.charCodeAt(at);
}
