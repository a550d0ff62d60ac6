import { isUtf8 } from 'node:buffer';
import { createHash, hash } from 'node:crypto';
import type { BodyMemo } from '../core/memo/body-memo.ts';
import type { SentForm } from '../core/openai/request/request.ts';
import { hasTooManyValues } from './has-too-many-values.ts';

/** Bodies that are remembered at most, and how long each may be. */
const MAX_BODIES = 64;
const MAX_BYTES = 64 * 1_024;
/** Bytes that tell one body from others in the first place. */
const SAMPLES = 16;

/** What is known of a body by its bytes alone. */
export interface BodyReading {
  readonly bytes: Uint8Array;
  /** In hexadecimal. */
  readonly sha256: string;
  /** Undefined where it is not JSON. */
  readonly json: { readonly value: unknown } | undefined;
  /** It has more values than are read: see `REQUEST_BOUNDS`. `json` is undefined. */
  readonly isTooMuch: boolean;
  /** From the second time on: most bodies come once, and are not worth it. */
  readonly memo: BodyMemo | undefined;
}

class Reading implements BodyReading {
  readonly bytes: Uint8Array;
  readonly sha256: string;
  memo: BodyMemo | undefined;
  #json: BodyReading['json'];
  #isParsed = false;
  #isTooMuch: boolean | undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.sha256 = hash('sha256', bytes, 'hex');
  }

  get json(): BodyReading['json'] {
    if (!this.#isParsed && !this.isTooMuch) this.#json = parsed(this.bytes);
    this.#isParsed = true;
    return this.#json;
  }

  get isTooMuch(): boolean {
    this.#isTooMuch ??= hasTooManyValues(this.bytes);
    return this.#isTooMuch;
  }
}

/** A form by what is in it: the boundary between its parts is another each time that a client sends it. */
export function formReading(bytes: Uint8Array, { texts, files }: SentForm): BodyReading {
  const digest = createHash('sha256');
  for (const [name, text] of Object.entries(texts)) digest.update(JSON.stringify([name, text]));
  for (const [name, { filename, content }] of Object.entries(files))
    digest.update(JSON.stringify([name, filename, content.byteLength])).update(content);
  return { bytes, sha256: digest.digest('hex'), json: undefined, isTooMuch: false, memo: undefined };
}

/** The bodies that came last, each in a place that follows from its bytes. */
const recent: (Reading | undefined)[] = new Array(MAX_BODIES).fill(undefined);

/** Reads a body, unless it was one of the last. The bytes must not change any more. */
export function readingOf(bytes: Uint8Array): BodyReading {
  if (bytes.length > MAX_BYTES) return new Reading(bytes);
  const place = placeOf(bytes);
  const known = recent[place];
  if (known !== undefined && asBuffer(known.bytes).equals(bytes)) {
    known.memo ??= new Map();
    return known;
  }
  const reading = new Reading(bytes);
  recent[place] = reading;
  return reading;
}

function placeOf(bytes: Uint8Array): number {
  const { length } = bytes;
  let mixed = length;
  for (let sample = 0; sample < SAMPLES; sample++) {
    mixed = Math.imul(mixed, 31) + (bytes[Math.floor((sample * length) / SAMPLES)] ?? 0);
  }
  return (mixed >>> 0) % MAX_BODIES;
}

function parsed(bytes: Uint8Array): BodyReading['json'] {
  const buffer = asBuffer(bytes);
  if (!isUtf8(buffer)) return undefined;
  try {
    return { value: JSON.parse(buffer.toString()) };
  } catch {
    return undefined;
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
