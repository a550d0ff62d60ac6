import type { ReplyContext } from '../core/openai/request/reply-context.ts';
import { below, branch, pickCodes, type Random } from '../core/random.ts';

/** What is drawn for the answer to a request. */
export interface Draws {
  /** `req_` + 32 hex digits. */
  readonly requestId: string;
  /** What else is drawn, by labels. */
  readonly random: ReplyContext['random'];
}

export function drawsOf(seed: number, drawKey: string): Draws {
  const random = branch(seed, 'reply', drawKey);
  return { requestId: requestIdOf(random('request-id')), random };
}

/** `req_` + a UUIDv4 without dashes (wire.md 2.2). In one piece: a text that was put together keeps its parts in memory. */
function requestIdOf(random: Random): string {
  const codes = pickCodes(random, '0123456789abcdef', 32, 'req_');
  // Version and variant.
  codes[16] = '4'.charCodeAt(0);
  codes[20] = '89ab'.charCodeAt(below(random, 4));
  return String.fromCharCode(...codes);
}
