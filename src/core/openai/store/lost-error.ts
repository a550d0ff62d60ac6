import type { ErrorAnswer } from '../errors/error.ts';
import {
  batchNotFound,
  conversationItemNotFound,
  conversationLocked,
  conversationNotFound,
  fileNotFound,
  itemNotFound,
  noRoomFor,
  previousResponseNotFound,
  responseNotFound,
  toolCallNotFound,
  toolOutputNotFound,
} from '../errors/errors.ts';
import type { StoreFinding, StoreReference } from './session-store.ts';

type Lost = Extract<StoreFinding, { is: 'missing' }>['what'];

const MISSING: Readonly<Record<Lost, (id: string) => ErrorAnswer>> = {
  'previous response': previousResponseNotFound,
  response: responseNotFound,
  conversation: conversationNotFound,
  'item of the conversation': conversationItemNotFound,
  item: itemNotFound,
  call: toolCallNotFound,
  output: toolOutputNotFound,
  file: fileNotFound,
  batch: batchNotFound,
};

/** What the API says where the session does not keep what a request refers to, another request works on it, or there is no room. */
export function lostError(finding: StoreFinding): ErrorAnswer | undefined {
  if (finding.is === 'locked') return conversationLocked();
  if (finding.is === 'no room') return noRoomFor(finding.most, finding.advice);
  return finding.is === 'missing' ? MISSING[finding.what](finding.id) : undefined;
}

/** Whether the request refers to anything that another request may have kept. */
export function refersToOthers(reference: StoreReference): boolean {
  if (reference.about !== 'turn') return reference.about !== 'nothing';
  const { previous, conversation, items } = reference;
  return previous !== undefined || conversation !== undefined || items.length > 0;
}

/** Whether the request fails for what was found. */
export function isLost({ is }: StoreFinding): boolean {
  return is === 'missing' || is === 'locked' || is === 'no room';
}
