import type { ErrorAnswer } from './error.ts';
import { chatModelOnCompletions } from './errors.ts';
import { inputError } from './input-error.ts';
import { modelNamed } from './models.ts';
import { type ApiRequest, fieldsOf, modelOf } from './request.ts';

/** Names that OpenAI gives to chat models; any other unknown name may be a completion model. */
const CHAT_NAME = /^(?:ft:)?(?:gpt-|o\d|chat)/;

/** What is wrong with the parameters of a legacy completion (wire.md 1.3, 5). */
export function completionsError(request: ApiRequest): ErrorAnswer | undefined {
  const model = modelOf(request) ?? '';
  if (CHAT_NAME.test(model) && modelNamed(model).kind === 'chat') return chatModelOnCompletions();
  const { prompt } = fieldsOf(request);
  // It has a default (wire.md 5).
  return prompt === undefined || prompt === null ? undefined : inputError('prompt', prompt);
}
