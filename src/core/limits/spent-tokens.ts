import { promptTokens } from '../openai/content/tokens.ts';
import { chatAnswer, chatUsage } from '../openai/endpoints/chat/chat-answer.ts';
import { completionAnswer, completionUsage } from '../openai/endpoints/completions/completion-answer.ts';
import type { ReplyContext } from '../openai/request/reply-context.ts';

/**
 * The tokens that the healthy answer to a request costs in all, as its `usage` tells them: those of the inputs alone where
 * nothing is completed. Makes the answer up once more.
 */
export function spentTokens(context: ReplyContext): number {
  const { request, settings, libraries } = context;
  if (request.endpoint === 'chat.completions') return chatUsage(chatAnswer(context), context).total_tokens;
  if (request.endpoint === 'completions') return completionUsage(completionAnswer(context), context).total_tokens;
  return promptTokens(request, settings, libraries);
}
