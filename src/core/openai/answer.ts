import type { Reply } from '../reply/effect.ts';
import { chatCompletion } from './chat-completion.ts';
import { chatStream } from './chat-stream.ts';
import { completion } from './completion.ts';
import { completionStream } from './completion-stream.ts';
import type { ReplyContext } from './context.ts';
import { embeddingsReply } from './embeddings-reply.ts';
import { errorReply } from './error.ts';
import { unknownUrl } from './errors.ts';
import { modelReply, modelsReply, noModelReply } from './models-reply.ts';
import { moderationsReply } from './moderations-reply.ts';
import { isStreamed } from './request.ts';
import { rootReply } from './root-reply.ts';

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
