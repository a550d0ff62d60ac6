import { pick, type Random } from '../../../random.ts';
import { HEX } from '../../../text/alphabets.ts';

/** What the id of an object begins with (wire-responses.md 1.3). */
export type IdPrefix = 'resp' | 'msg' | 'rs' | 'fc' | 'ws' | 'fs' | 'ci' | 'ctc' | 'mcp' | 'mcpl' | 'ig' | 'cmp';

/** Ids of one response name the same shard. */
const SHARDS = ['190', '191', '192', '193', '194', '195', '196', '197', '198', '199', '19a', '19b', '1a0', '1a1', '1a2', '1a3'];
/** In 65,536ths of a second. Only every fourth is used. */
const STEPS = 16_384;

/**
 * Makes the ids of a response and of its items (wire-responses.md 1.3): 16 hex digits that all of them share, `00` or `01`
 * for stored or not, the second of creation, and a UUID of version 8.
 */
export class ResponseIds {
  readonly #random: Random;
  readonly #shared: string;
  readonly #shard: string;

  /** `chain` is the key that the ids of an earlier response or of a conversation have. */
  constructor(random: Random, { chain, stored }: { readonly chain: string | undefined; readonly stored: boolean }) {
    const digits = pick(random, HEX, 16);
    this.#random = random;
    this.#shared = (chain ?? `0${digits.slice(1)}`) + (stored ? '00' : '01');
    this.#shard = SHARDS[HEX.indexOf(digits[0] ?? '0')] ?? '190';
  }

  /** The id of what is made at that time, in milliseconds since the epoch. */
  next(prefix: IdPrefix, wallMs: number): string {
    const tail = pick(this.#random, HEX, 16);
    const variant = '89ab'[HEX.indexOf(tail[0] ?? '0') % 4] ?? '8';
    return `${prefix}_${this.#shared}${timePart(wallMs)}8${this.#shard}${variant}${tail.slice(1)}`;
  }
}

/** 8 hex digits of seconds, 4 of a fraction of one. */
function timePart(wallMs: number): string {
  const seconds = Math.floor(wallMs / 1_000);
  const fraction = Math.floor(((wallMs - seconds * 1_000) / 1_000) * STEPS) * 4;
  return hex(seconds, 8) + hex(fraction, 4);
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0').slice(-digits);
}

/** An id of today: key, marker, time, UUID. */
const ID = /^[a-z]+_(0[0-9a-f]{15})0[01][0-9a-f]{32}$/;
/** An id of before September 2025, as conversations still have: the key stands at the end. */
const CONVERSATION_ID = /^[a-z]+_[0-9a-f]{32}([0-9a-f]{16})$/;

/** The key that the ids of a chain share; undefined when the text is no such id. */
export function chainOf(id: unknown): string | undefined {
  if (typeof id !== 'string') return undefined;
  return (ID.exec(id) ?? CONVERSATION_ID.exec(id))?.[1];
}
