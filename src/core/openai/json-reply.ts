import type { Reply } from '../reply/effect.ts';
import type { ReplyContext } from './context.ts';
import { type Success, successHead, successText } from './success.ts';

/** A success in one piece of JSON. */
export function* jsonReply(name: Success, value: unknown, context: ReplyContext): Reply {
  yield successHead(name, context);
  yield { type: 'write', data: successText(name, value) };
  yield { type: 'end' };
}
