import type { ErrorAnswer } from '../../errors/error.ts';
import { type ContextOverflow, contextLengthExceeded, countsCompletion } from '../../errors/errors.ts';
import { promptOf } from '../../request/prompt.ts';
import type { ReplyContext } from '../../request/reply-context.ts';
import { asList, type Fields, fieldsOf } from '../../request/request.ts';
import { windowOf } from '../context-window.ts';
import type { Overflow } from '../endpoint.ts';

/** The refusal of a chat completion that does not fit. A request that would fit is said to exceed the window by a twentieth. */
export function chatOverflow({ request }: ReplyContext, overflow: Overflow): ErrorAnswer {
  const { model, used } = overflow;
  const window = windowOf(overflow);
  const fields = fieldsOf(request);
  const messages = promptOf(request).precount(fields);
  const { functions, completion } = extrasOf(fields, model);
  const extras = (functions ?? 0) + (completion ?? 0);
  const total = used ?? Math.max(messages + extras, window + Math.ceil(window / 20));
  return contextLengthExceeded(model, { limit: window, messages: Math.max(1, total - extras), functions, completion });
}

/** What fills the window besides the messages; of the two, the one that the wording for the model tells. */
function extrasOf({ tools, max_tokens: completion }: Fields, model: string): Pick<ContextOverflow, 'functions' | 'completion'> {
  const isCounted = typeof completion === 'number' && completion > 0 && countsCompletion(model);
  if (isCounted && Number.isSafeInteger(completion)) return { completion };
  return asList(tools).length > 0 ? { functions: Math.ceil(JSON.stringify(tools).length / 4) } : {};
}
