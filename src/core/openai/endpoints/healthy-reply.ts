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
  const { dialect, endpoint, method, path } = context.request;
  const known = endpoint && endpointNamed(endpoint.name);
  if (known === undefined) return refusalReply(unknownUrl(method, path), context);
  const reply = known.reply(context);
  return dialect.answer === undefined ? reply : dialect.answer(reply, context);
}
