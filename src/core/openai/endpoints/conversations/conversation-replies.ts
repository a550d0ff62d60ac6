import type { Reply } from '../../../wire/effect.ts';
import { refusalReply } from '../../errors/error.ts';
import { conversationNotFound } from '../../errors/errors.ts';
import { lastSegment, segmentBehind } from '../../request/query.ts';
import type { ReplyContext } from '../../request/reply-context.ts';
import { asRecord, fieldsOf } from '../../request/request.ts';
import type { StoredConversation } from '../../store/stored-response.ts';
import { textReply } from '../../wire/json-reply.ts';
import { Success } from '../../wire/success.ts';
import { listQueryOf, type Page, pageOf } from '../lists/list-query.ts';
import { WITHOUT } from '../responses/response-headers.ts';
import { inSeconds } from '../responses/response-identity.ts';
import { printedBody } from '../responses/response-json.ts';
import { itemsShown } from '../responses/stored/input-items.ts';
import { conversationId, drawnKey, keyOf } from './conversation-id.ts';

const SUCCESS = new Success({ contentType: 'application/json', limited: false, without: WITHOUT });

export function createReply(context: ReplyContext): Reply {
  const { request, clock, random, keep } = context;
  const { items, metadata } = fieldsOf(request);
  const wallMs = clock.wall();
  const draws = random('id');
  const key = drawnKey(draws);
  const conversation: StoredConversation = {
    id: conversationId('conv', key, { random: draws, wallMs }),
    createdAt: inSeconds(wallMs),
    metadata: labelsOf(metadata),
    items: itemsShown(items, (prefix) => conversationId(prefix, key, { random: draws, wallMs })),
    context: { tokens: 0, openCalls: [] },
  };
  keep?.({ change: 'keep conversation', conversation });
  return answer(shown(conversation), context);
}

export function retrieveReply(context: ReplyContext): Reply {
  return ofConversation(context, (conversation) => answer(shown(conversation), context));
}

export function updateReply(context: ReplyContext): Reply {
  return ofConversation(context, (conversation) => {
    const metadata = labelsOf(fieldsOf(context.request)['metadata']);
    context.keep?.({ change: 'label conversation', id: conversation.id, metadata });
    return answer(shown({ ...conversation, metadata }), context);
  });
}

export function deleteReply(context: ReplyContext): Reply {
  return ofConversation(context, ({ id }) => {
    context.keep?.({ change: 'delete conversation', id });
    return answer({ id, object: 'conversation.deleted', deleted: true }, context);
  });
}

export function addItemsReply(context: ReplyContext): Reply {
  return ofConversation(context, ({ id }) => {
    const { request, clock, random } = context;
    const draws = random('id');
    const key = keyOf(id) ?? drawnKey(draws);
    const wallMs = clock.wall();
    const items = itemsShown(fieldsOf(request)['items'], (prefix) => conversationId(prefix, key, { random: draws, wallMs }));
    context.keep?.({ change: 'add items', id, items });
    return list({ data: items, firstId: items[0]?.id ?? null, lastId: items.at(-1)?.id ?? null, hasMore: false }, context);
  });
}

export function listItemsReply(context: ReplyContext): Reply {
  return ofConversation(context, ({ items }) => list(pageOf(items, listQueryOf(context.request.query)), context));
}

export function retrieveItemReply(context: ReplyContext): Reply {
  return ofConversation(context, ({ items }) =>
    answer(
      items.find(({ id }) => id === itemOf(context)),
      context,
    ),
  );
}

export function deleteItemReply(context: ReplyContext): Reply {
  return ofConversation(context, ({ id }) => {
    const item = itemOf(context);
    context.keep?.({ change: 'delete item', id, item });
    return answer({ id: item, object: 'conversation.item.deleted', deleted: true }, context);
  });
}

function itemOf({ request }: ReplyContext): string {
  return lastSegment(request.path);
}

function ofConversation(context: ReplyContext, reply: (conversation: StoredConversation) => Reply): Reply {
  const { found, request } = context;
  if (found?.is === 'conversation') return reply(found.conversation);
  return refusalReply(conversationNotFound(segmentBehind('conversations', request.path)), context);
}

function shown({ id, createdAt, metadata }: StoredConversation) {
  return { id, object: 'conversation', created_at: createdAt, metadata };
}

/** Keys in the order that lists of conversations have (captured in October 2025). */
function list({ data, firstId, lastId, hasMore }: Page, context: ReplyContext): Reply {
  return answer({ object: 'list', data, first_id: firstId, has_more: hasMore, last_id: lastId }, context);
}

function labelsOf(metadata: unknown): StoredConversation['metadata'] {
  return (asRecord(metadata) ?? {}) as StoredConversation['metadata'];
}

function answer(value: unknown, context: ReplyContext): Reply {
  return textReply(SUCCESS, printedBody(value), context);
}
