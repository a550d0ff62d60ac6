import type { ErrorAnswer } from '../../../errors/error.ts';
import { invalidType } from '../../../errors/errors.ts';
import { parametersOf, segmentBehind } from '../../../request/query.ts';
import type { ApiRequest } from '../../../request/request.ts';
import type { StoreReference } from '../../../store/session-store.ts';
import { defineEndpoint } from '../../endpoint.ts';
import { listQueryError } from '../../lists/list-query.ts';
import { STORE_ENDPOINT } from '../store-endpoint.ts';
import { cancelReply, deleteReply, inputItemsReply, retrieveReply } from './stored-replies.ts';

const PATH = '/v1/responses/{response_id}';

/** What is done with a response that was stored (wire-responses.md 4). */
export const storedResponseEndpoints = [
  defineEndpoint({
    ...STORE_ENDPOINT,
    name: 'responses.retrieve',
    method: 'GET',
    path: PATH,
    validateQuery: retrieveQueryError,
    answersJson: ({ query = '' }) => parametersOf(query).get('stream') !== 'true',
    refersTo: responseReference,
    reply: retrieveReply,
  }),
  defineEndpoint({
    ...STORE_ENDPOINT,
    name: 'responses.delete',
    method: 'DELETE',
    path: PATH,
    refersTo: responseReference,
    reply: deleteReply,
  }),
  defineEndpoint({
    ...STORE_ENDPOINT,
    name: 'responses.cancel',
    path: `${PATH}/cancel`,
    refersTo: responseReference,
    reply: cancelReply,
  }),
  defineEndpoint({
    ...STORE_ENDPOINT,
    name: 'responses.input_items',
    method: 'GET',
    path: `${PATH}/input_items`,
    validateQuery: listQueryError,
    refersTo: (request) => ({ ...responseReference(request), withTurns: true }),
    reply: inputItemsReply,
  }),
] as const;

function responseReference({ path }: ApiRequest): Extract<StoreReference, { about: 'response' }> {
  return { about: 'response', id: segmentBehind('responses', path), withTurns: false };
}

/** By the template of wire.md 400-4; unverified. */
function retrieveQueryError(query: string): ErrorAnswer | undefined {
  const after = parametersOf(query).get('starting_after');
  return after === undefined || /^\d+$/.test(after) ? undefined : invalidType('starting_after', 'an integer', 'a string');
}
