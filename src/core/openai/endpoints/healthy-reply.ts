import type { Reply } from '../../wire/effect.ts';
import { refusalReply } from '../errors/error.ts';
import { unknownUrl } from '../errors/errors.ts';
import type { ReplyContext } from '../request/reply-context.ts';
import { endpointNamed } from './registry.ts';

/** What OpenAI answers when nothing is wrong. Nothing is computed before the reply is iterated. */
export function healthyReply(context: ReplyContext): Reply {
  return { [Symbol.iterator]: () => replyOf(context)[Symbol.iterator]() };
}

function replyOf(context: ReplyContext): Reply {
  const { endpoint, method, path } = context.request;
  const known = endpoint && endpointNamed(endpoint.name);
  return known === undefined ? refusalReply(unknownUrl(method, path), context) : known.reply(context);
}
