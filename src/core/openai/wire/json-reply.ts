import type { Reply } from '../../wire/effect.ts';
import type { ReplyContext } from '../request/reply-context.ts';
import { type Success, successHead, successText } from './success.ts';

/** A success in one piece of JSON. */
export function jsonReply(name: Success, value: unknown, context: ReplyContext): Reply {
  return textReply(name, successText(name, value), context);
}

/** The same for a text that was printed before. */
export function textReply(name: Success, text: string, context: ReplyContext): Reply {
  return [successHead(name, context), { type: 'write', data: text }, { type: 'end' }];
}
