import type { Effect, Reply } from '../../wire/effect.ts';
import type { ReplyContext } from '../request/reply-context.ts';
import { jsonPieces } from './json-pieces.ts';
import type { Success } from './success.ts';

/** Characters that are written at once, at least. */
const PIECE_LENGTH = 16 * 1024;

/** A success in one piece of JSON. */
export function jsonReply(success: Success, value: unknown, context: ReplyContext): Reply {
  return textReply(success, success.text(value), context);
}

/** A success whose text was printed before. */
export function textReply(success: Success, text: string, context: ReplyContext): Reply {
  return [success.head(context), { type: 'write', data: text }, { type: 'end' }];
}

/** A success whose JSON, on many lines, is made as it is sent: see `LazyList`. */
export function* lazyJsonReply(success: Success, value: unknown, context: ReplyContext): Iterable<Effect> {
  yield success.head(context);
  let text = '';
  for (const piece of jsonPieces(value)) {
    text += piece;
    if (text.length < PIECE_LENGTH) continue;
    yield { type: 'write', data: text };
    text = '';
  }
  yield { type: 'write', data: text + success.ending };
  yield { type: 'end' };
}
