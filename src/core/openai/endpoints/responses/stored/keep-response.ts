import type { ReplyContext } from '../../../request/reply-context.ts';
import { asRecord, fieldsOf } from '../../../request/request.ts';
import type { BackgroundRun, StoredItem, TurnContext } from '../../../store/stored-response.ts';
import type { ResponseAnswer } from '../response-object.ts';
import { finishedResponse, type ResponseIdentity } from '../response-object.ts';
import { inputItemsOf } from './input-items.ts';

/** Keeps a response, unless its request says otherwise. `text` is what was sent of it when it was finished. */
export function keepResponse(
  answer: ResponseAnswer,
  identity: ResponseIdentity,
  { text, background }: { readonly text: string; readonly background?: BackgroundRun | undefined },
  { keep, request }: Pick<ReplyContext, 'keep' | 'request'>,
): void {
  if (keep === undefined) return;
  const { store, previousResponseId: previous, conversation } = answer.echo;
  const { id } = identity;
  const context = contextAfter(answer, identity);
  const response = { id, text, previous: previous ?? undefined, context, background };
  if (store) keep({ change: 'keep response', response });
  else if (request.turn !== undefined) keep({ change: 'keep response', response: { ...response, holder: request.turn.socket } });
  if (conversation === undefined) return;
  const items = [
    ...inputItemsOf(fieldsOf(request)['input'], { id, createdAt: identity.createdAt }),
    ...finishedResponse(answer, identity, false).output.map((item) => asRecord(item) as StoredItem),
  ];
  keep({ change: 'add items', id: conversation.id, items, context });
}

/** Of what the model thought nothing is left for the next turn. */
function contextAfter({ items, usage }: ResponseAnswer, { items: ids }: ResponseIdentity): TurnContext {
  const openCalls = items.flatMap(({ hasCallId }, index) => (hasCallId === true ? [ids[index]?.callId ?? ''] : []));
  return { tokens: usage.total_tokens - usage.output_tokens_details.reasoning_tokens, openCalls };
}
