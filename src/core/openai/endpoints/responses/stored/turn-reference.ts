import { type ApiRequest, asList, asRecord, type Fields, fieldsOf } from '../../../request/request.ts';
import type { StoreReference } from '../../../store/session-store.ts';

const NONE: readonly string[] = [];

/** What a turn refers to: an earlier response, a conversation, items by their ids, calls. Undefined where nothing, and nothing will be kept. */
export function turnReference(request: ApiRequest): StoreReference | undefined {
  const fields = fieldsOf(request);
  const { previous_response_id: previous, store, input } = fields;
  const reference = {
    about: 'turn',
    previous: typeof previous === 'string' ? previous : undefined,
    conversation: conversationOf(fields),
    ...referencesOf(typeof input === 'string' ? NONE : asList(input)),
  } as const;
  const refers = reference.previous !== undefined || reference.conversation !== undefined || reference.items.length > 0;
  if (request.turn !== undefined) return { ...reference, ...(request.turn.continuesLast && { holder: request.turn.socket }) };
  return refers || store !== false ? reference : undefined;
}

/** The conversation that a request names. */
function conversationOf({ conversation }: Fields): string | undefined {
  const id = typeof conversation === 'string' ? conversation : asRecord(conversation)?.['id'];
  return typeof id === 'string' ? id : undefined;
}

function referencesOf(items: readonly unknown[]): { readonly items: readonly string[]; readonly answers: readonly string[] } {
  let references: string[] | undefined;
  let answers: string[] | undefined;
  let calls: Set<unknown> | undefined;
  for (const item of items) {
    const { type, id, call_id: callId } = asRecord(item) ?? {};
    if (typeof type !== 'string') continue;
    if (type === 'item_reference' && typeof id === 'string') (references ??= []).push(id);
    else if (type.endsWith('_call')) (calls ??= new Set()).add(callId);
    else if (type.endsWith('_call_output') && typeof callId === 'string' && calls?.has(callId) !== true)
      (answers ??= []).push(callId);
  }
  return { items: references ?? NONE, answers: answers ?? NONE };
}
