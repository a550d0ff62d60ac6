import type { Reply } from '../../wire/effect.ts';
import type { ReplyContext } from '../request/reply-context.ts';
import type { Success } from './success.ts';

/** A success in one piece of JSON. */
export function jsonReply(success: Success, value: unknown, context: ReplyContext): Reply {
  return textReply(success, success.text(value), context);
}

/** A success whose text was printed before. */
export function textReply(success: Success, text: string, context: ReplyContext): Reply {
  return [success.head(context), { type: 'write', data: text }, { type: 'end' }];
}
