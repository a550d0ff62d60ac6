import type { ErrorAnswer } from '../../errors/error.ts';
import { invalidFormValue, missingFormField } from '../../errors/errors.ts';
import { lastSegment, segmentBehind } from '../../request/query.ts';
import type { ApiRequest } from '../../request/request.ts';
import type { StoreReference } from '../../store/session-store.ts';
import { defineEndpoint } from '../endpoint.ts';
import { listQueryError } from '../lists/list-query.ts';
import { contentReply, deleteReply, listReply, retrieveReply, UPLOAD, uploadReply } from './file-replies.ts';

const BASE = { limited: false, takesJson: false, takesModel: false } as const;
const ALL = '/v1/files';
const ONE = `${ALL}/{file_id}`;

/** As the SDKs list them. */
const PURPOSES = ['assistants', 'batch', 'fine-tune', 'vision', 'user_data', 'evals'];
/** Files that a list has at most. */
const MAX_LIMIT = 10_000;

/** Files (wire-responses.md 9). */
export const fileEndpoints = [
  defineEndpoint({
    ...BASE,
    name: 'files',
    path: ALL,
    takesForm: true,
    validateForm: formError,
    refersTo: ({ form }) => ({ about: 'new file', bytes: form?.files[UPLOAD]?.content.byteLength ?? 0 }),
    reply: uploadReply,
  }),
  defineEndpoint({
    ...BASE,
    name: 'files.list',
    method: 'GET',
    path: ALL,
    validateQuery: (query) => listQueryError(query, MAX_LIMIT),
    refersTo: () => ({ about: 'all files' }),
    reply: listReply,
  }),
  defineEndpoint({
    ...BASE,
    name: 'files.retrieve',
    method: 'GET',
    path: ONE,
    refersTo: ({ path }) => ({ about: 'file', id: lastSegment(path), withContent: false }),
    reply: retrieveReply,
  }),
  defineEndpoint({
    ...BASE,
    name: 'files.delete',
    method: 'DELETE',
    path: ONE,
    refersTo: ({ path }) => ({ about: 'file', id: lastSegment(path), withContent: false }),
    reply: deleteReply,
  }),
  defineEndpoint({
    ...BASE,
    name: 'files.content',
    method: 'GET',
    path: `${ONE}/content`,
    answersJson: false,
    refersTo: contentOf,
    reply: contentReply,
  }),
] as const;

function contentOf({ path }: ApiRequest): StoreReference {
  return { about: 'file', id: segmentBehind('files', path), withContent: true };
}

/** What is wrong with a form that could be read. The order and the texts are unverified. */
function formError({ form }: ApiRequest): ErrorAnswer | undefined {
  if (form?.files[UPLOAD] === undefined) return missingFormField(UPLOAD);
  const { purpose } = form.texts;
  if (purpose === undefined) return missingFormField('purpose');
  if (!PURPOSES.includes(purpose)) return invalidFormValue('purpose', purpose, PURPOSES);
  const anchor = form.texts['expires_after[anchor]'];
  if (anchor !== undefined && anchor !== 'created_at') return invalidFormValue('expires_after.anchor', anchor, ['created_at']);
  return undefined;
}
