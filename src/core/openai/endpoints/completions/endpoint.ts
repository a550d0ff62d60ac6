import { promptTooLong } from '../../errors/errors.ts';
import { inputPrompt } from '../../request/prompt.ts';
import type { ReplyContext } from '../../request/reply-context.ts';
import { fieldsOf, isStreamed } from '../../request/request.ts';
import { chunkGrammar } from '../../wire/event.ts';
import { windowOf } from '../context-window.ts';
import { defineEndpoint, type Overflow } from '../endpoint.ts';
import { completion } from './completion.ts';
import { completionAnswer, completionUsage } from './completion-answer.ts';
import { completionEditor } from './completion-editor.ts';
import { completionStream } from './completion-stream.ts';
import { completionsError, DEFAULT_MAX_TOKENS } from './completions-error.ts';

/** The `prompt` of a completion that gives none (wire.md 5). */
const DEFAULT_PROMPT = '<|endoftext|>';

/** `POST /v1/completions`. */
export const completions = defineEndpoint({
  name: 'completions',
  path: '/v1/completions',
  answer: completionEditor,
  stream: chunkGrammar,
  prompt: inputPrompt('prompt', [DEFAULT_PROMPT]),
  validate: completionsError,
  usual: { model: 'gpt-3.5-turbo-instruct' },
  overflow: completionOverflow,
  spentTokens: (context) => completionUsage(completionAnswer(context), context).total_tokens,
  reply: (context) => (isStreamed(context.request) ? completionStream(context) : completion(context)),
});

/** The refusal of a prompt that is too long together with what is to follow it. */
function completionOverflow({ request }: ReplyContext, overflow: Overflow) {
  const limit = windowOf(overflow);
  const { used = limit + Math.ceil(limit / 20) } = overflow;
  const asked = fieldsOf(request)['max_tokens'];
  const completionTokens = Math.min(typeof asked === 'number' ? asked : DEFAULT_MAX_TOKENS, used - 1);
  return promptTooLong({ limit, prompt: used - completionTokens, completion: completionTokens });
}
