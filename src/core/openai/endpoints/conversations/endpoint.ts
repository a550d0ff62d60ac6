import { lastSegment, segmentBehind } from '../../request/query.ts';
import type { ApiRequest } from '../../request/request.ts';
import type { StoreReference } from '../../store/session-store.ts';
import { defineEndpoint } from '../endpoint.ts';
import { listQueryError } from '../lists/list-query.ts';
import { STORE_ENDPOINT } from '../responses/store-endpoint.ts';
import {
  addItemsReply,
  createReply,
  deleteItemReply,
  deleteReply,
  listItemsReply,
  retrieveItemReply,
  retrieveReply,
  updateReply,
} from './conversation-replies.ts';
import { conversationError, conversationRules } from './conversation-rules.ts';

const BASE = { ...STORE_ENDPOINT, refersTo: conversationReference } as const;
const ALL = '/v1/conversations';
const ONE = `${ALL}/{conversation_id}`;
const ITEMS = `${ONE}/items`;
const ITEM = `${ITEMS}/{item_id}`;

/** Conversations and their items (wire-responses.md 4). */
export const conversationEndpoints = [
  defineEndpoint({
    ...BASE,
    name: 'conversations',
    path: ALL,
    takesJson: true,
    bodyOptional: true,
    validate: conversationError(conversationRules.created),
    refersTo: () => ({ about: 'nothing' }),
    reply: createReply,
  }),
  defineEndpoint({ ...BASE, name: 'conversations.retrieve', method: 'GET', path: ONE, reply: retrieveReply }),
  defineEndpoint({
    ...BASE,
    name: 'conversations.update',
    path: ONE,
    takesJson: true,
    validate: conversationError(conversationRules.labelled),
    reply: updateReply,
  }),
  defineEndpoint({ ...BASE, name: 'conversations.delete', method: 'DELETE', path: ONE, reply: deleteReply }),
  defineEndpoint({
    ...BASE,
    name: 'conversations.items',
    path: ITEMS,
    takesJson: true,
    validate: conversationError(conversationRules.added),
    reply: addItemsReply,
  }),
  defineEndpoint({
    ...BASE,
    name: 'conversations.items.list',
    method: 'GET',
    path: ITEMS,
    validateQuery: listQueryError,
    reply: listItemsReply,
  }),
  defineEndpoint({
    ...BASE,
    name: 'conversations.items.retrieve',
    method: 'GET',
    path: ITEM,
    refersTo: itemReference,
    reply: retrieveItemReply,
  }),
  defineEndpoint({
    ...BASE,
    name: 'conversations.items.delete',
    method: 'DELETE',
    path: ITEM,
    refersTo: itemReference,
    reply: deleteItemReply,
  }),
] as const;

function conversationReference({ path }: ApiRequest): StoreReference {
  return { about: 'conversation', id: segmentBehind('conversations', path), item: undefined };
}

function itemReference({ path }: ApiRequest): StoreReference {
  return { about: 'conversation', id: segmentBehind('conversations', path), item: lastSegment(path) };
}
