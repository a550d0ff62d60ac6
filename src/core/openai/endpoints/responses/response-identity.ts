import { pick, type Random } from '../../../random.ts';
import type { ReplyContext } from '../../request/reply-context.ts';
import { toolCallId } from '../../wire/id.ts';
import type { ItemIds, OutputItem } from './output-item.ts';
import type { ResponseEcho } from './response-echo.ts';
import { chainOf, ResponseIds } from './response-id.ts';

const SEAL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const SEAL_PREFIX = 'gAAAAAB';
const LONGEST_SEAL = 4_096;

/** Draws what tells one response from others that say the same: the ids of the response and of its items. */
export class IdentityDraws {
  readonly #ids: ResponseIds;
  readonly #context: ReplyContext;
  #calls: Random | undefined;

  constructor({ previousResponseId, conversation, store }: ResponseEcho, context: ReplyContext) {
    const chain = chainOf(previousResponseId) ?? chainOf(conversation?.id);
    this.#ids = new ResponseIds(context.random('id'), { chain, stored: store });
    this.#context = context;
  }

  /** Times are in milliseconds since the epoch. */
  response(wallMs: number): string {
    return this.#ids.next('resp', wallMs);
  }

  item({ prefix, hasCallId, sealedLength }: OutputItem, wallMs: number): ItemIds {
    return {
      id: this.#ids.next(prefix, wallMs),
      callId: hasCallId === true ? toolCallId((this.#calls ??= this.#context.random('tool calls', 0))) : '',
      seal: this.seal(sealedLength, 'first'),
    };
  }

  /** The service seals a thought anew each time it tells it. */
  seal(length: number | undefined, telling: 'first' | 'again'): string {
    if (length === undefined) return '';
    return pick(this.#context.random('seal', telling), SEAL, Math.min(length, LONGEST_SEAL), SEAL_PREFIX);
  }
}

/** Seconds since the epoch, as a response tells times. */
export function inSeconds(wallMs: number): number {
  return Math.floor(wallMs / 1_000);
}
