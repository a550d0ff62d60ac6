import { pick, type Random } from '../../../random.ts';
import { HEX } from '../../../text/alphabets.ts';

/** The key that the ids of a conversation, of its items and of its responses share (wire-responses.md 1.3). */
export function drawnKey(random: Random): string {
  return `0${pick(random, HEX, 15)}`;
}

/** The key in the id of a conversation; undefined where it has none. */
export function keyOf(id: string): string | undefined {
  return /^conv_[0-9a-f]{32}([0-9a-f]{16})$/.exec(id)?.[1];
}

/**
 * The id of a conversation, or of an item that was added to one, in the form of before September 2025: the second of creation, the
 * rest of a UUID of version 8, the key (wire-responses.md 1.3).
 */
export function conversationId(
  prefix: string,
  key: string,
  { random, wallMs }: { readonly random: Random; readonly wallMs: number },
): string {
  const seconds = Math.floor(wallMs / 1_000)
    .toString(16)
    .padStart(8, '0');
  const fraction = pick(random, HEX, 3) + pick(random, '048c', 1);
  const variant = pick(random, '89ab', 1);
  return `${prefix}_${seconds}${fraction}8190${variant}${pick(random, HEX, 15)}${key}`;
}
