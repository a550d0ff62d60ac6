import type { Reply } from '../../wire/effect.ts';
import { errorReply } from '../errors/error.ts';
import { unknownUrl } from '../errors/errors.ts';
import type { ReplyContext } from '../request/reply-context.ts';
import { isStreamed } from '../request/request.ts';
import { chatCompletion } from './chat/chat-completion.ts';
import { chatStream } from './chat/chat-stream.ts';
import { completion } from './completions/completion.ts';
import { completionStream } from './completions/completion-stream.ts';
import { embeddingsReply } from './embeddings/embeddings-reply.ts';
import { modelReply, modelsReply, noModelReply } from './models/models-reply.ts';
import { moderationsReply } from './moderations/moderations-reply.ts';
import { rootReply } from './root/root-reply.ts';

/** What OpenAI answers when nothing is wrong. Nothing is computed before the reply is iterated. */
export function healthyReply(context: ReplyContext): Reply {
  return { [Symbol.iterator]: () => replyOf(context)[Symbol.iterator]() };
}

function replyOf(context: ReplyContext): Reply {
  const { endpoint, method, path } = context.request;
  switch (endpoint) {
    case 'chat.completions':
      return isStreamed(context.request) ? chatStream(context) : chatCompletion(context);
    case 'completions':
      return isStreamed(context.request) ? completionStream(context) : completion(context);
    case 'embeddings':
      return embeddingsReply(context);
    case 'moderations':
      return moderationsReply(context);
    case 'models':
      return modelsReply(context);
    case 'models.retrieve':
      return modelReply(context);
    case 'models.delete':
      return noModelReply(context);
    case 'root':
      return rootReply(context);
    case undefined:
      return errorReply(unknownUrl(method, path), context);
  }
}
