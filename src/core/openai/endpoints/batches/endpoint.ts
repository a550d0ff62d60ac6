import type { ErrorAnswer } from '../../errors/error.ts';
import { segmentBehind } from '../../request/query.ts';
import { type ApiRequest, type Fields, fieldsOf } from '../../request/request.ts';
import type { StoreReference } from '../../store/session-store.ts';
import { Checker } from '../../validation/checker.ts';
import type { ObjectRule } from '../../validation/rule.ts';
import type { Terms } from '../../validation/terms.ts';
import { defineEndpoint } from '../endpoint.ts';
import { listQueryError } from '../lists/list-query.ts';
import { responsesStyle } from '../responses/responses-checks.ts';
import { responsesRules } from '../responses/responses-rules.ts';
import { STORE_ENDPOINT } from '../responses/store-endpoint.ts';
import { BATCHED_PATHS, inputOf } from './batch-input.ts';
import { cancelReply, createReply, listReply, retrieveReply } from './batch-replies.ts';

const ALL = '/v1/batches';
const ONE = `${ALL}/{batch_id}`;
const { metadata } = responsesRules.fields;

/** What a new batch is made of. What is said of a wrong one is unverified, by the templates of Responses. */
const batchRules: ObjectRule = {
  kind: 'object',
  fields: {
    input_file_id: { kind: 'string', minLength: 1 },
    endpoint: { kind: 'string', values: BATCHED_PATHS },
    completion_window: { kind: 'string', values: ['24h'] },
    ...(metadata && { metadata }),
    output_expires_after: { kind: 'object', fields: {}, open: true },
  },
  required: ['input_file_id', 'endpoint', 'completion_window'],
};

/** Batches (wire-responses.md 9). */
export const batchEndpoints = [
  defineEndpoint({
    ...STORE_ENDPOINT,
    name: 'batches',
    path: ALL,
    takesJson: true,
    validate: batchError,
    refersTo: newBatch,
    batched: ({ dialect }, found) => (found.is === 'input' ? inputOf(found, dialect).requests : []),
    reply: createReply,
  }),
  defineEndpoint({
    ...STORE_ENDPOINT,
    name: 'batches.list',
    method: 'GET',
    path: ALL,
    validateQuery: (query) => listQueryError(query),
    refersTo: () => ({ about: 'all batches' }),
    reply: listReply,
  }),
  defineEndpoint({
    ...STORE_ENDPOINT,
    name: 'batches.retrieve',
    method: 'GET',
    path: ONE,
    refersTo: batchReference,
    reply: retrieveReply,
  }),
  defineEndpoint({
    ...STORE_ENDPOINT,
    name: 'batches.cancel',
    path: `${ONE}/cancel`,
    refersTo: batchReference,
    reply: cancelReply,
  }),
] as const;

function newBatch(request: ApiRequest): StoreReference {
  const { input_file_id: input, endpoint } = fieldsOf(request);
  return { about: 'new batch', input: String(input), endpoint: String(endpoint) };
}

function batchReference({ path }: ApiRequest): StoreReference {
  return { about: 'batch', id: segmentBehind('batches', path) };
}

function batchError(fields: Fields, { letThrough, batchNames }: Terms): ErrorAnswer | undefined {
  const { endpoint } = fields;
  const isNamed = batchNames !== undefined && typeof endpoint === 'string';
  const checked = isNamed ? { ...fields, endpoint: batchNames.pathOf(endpoint) } : fields;
  return new Checker({ style: responsesStyle, letThrough }).check(checked, batchRules);
}
