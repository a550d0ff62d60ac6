import { messagePrompt } from '../../request/prompt.ts';
import { isStreamed } from '../../request/request.ts';
import { chunkGrammar } from '../../wire/event.ts';
import { defineEndpoint } from '../endpoint.ts';
import { chatAnswer, chatUsage } from './chat-answer.ts';
import { chatCompletion } from './chat-completion.ts';
import { chatEditor } from './chat-editor.ts';
import { chatError } from './chat-error.ts';
import { chatOverflow } from './chat-overflow.ts';
import { chatStream } from './chat-stream.ts';

/** `POST /v1/chat/completions`. */
export const chatCompletions = defineEndpoint({
  name: 'chat.completions',
  path: '/v1/chat/completions',
  answer: chatEditor,
  stream: chunkGrammar,
  prompt: messagePrompt,
  validate: chatError,
  usual: { model: 'gpt-4o-mini', messages: [{ role: 'user', content: '' }] },
  overflow: chatOverflow,
  spentTokens: (context) => chatUsage(chatAnswer(context), context).total_tokens,
  reply: (context) => (isStreamed(context.request) ? chatStream(context) : chatCompletion(context)),
});
