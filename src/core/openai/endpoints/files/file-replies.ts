import type { Reply } from '../../../wire/effect.ts';
import { refusalReply } from '../../errors/error.ts';
import { fileNotFound } from '../../errors/errors.ts';
import { parametersOf } from '../../request/query.ts';
import type { ReplyContext } from '../../request/reply-context.ts';
import { writtenFiles } from '../../store/batch-phase.ts';
import type { StoredFile } from '../../store/stored-file.ts';
import { jsonReply } from '../../wire/json-reply.ts';
import { PRINTED, Success } from '../../wire/success.ts';
import { listQueryOf, pageOf } from '../lists/list-query.ts';
import { inSeconds } from '../responses/response-identity.ts';
import { fileId } from './file-id.ts';

/** The field of the form that has the file. */
export const UPLOAD = 'file';

/** Captured: any page may read it, and there are no limits (wire-responses.md 9). */
const COMMON = { limited: false, also: ['access-control-allow-origin'] } as const;
const SUCCESS = new Success({ ...PRINTED, ...COMMON });
const BINARY = new Success({ contentType: 'application/octet-stream', ...COMMON });

/** A batch that is over keeps its files for thirty days, and so does its input. Seconds. */
export const BATCH_FILE_LASTS = 30 * 86_400;
/** Files that a list has, where nothing is said of it. */
const LIMIT = 10_000;

export function uploadReply(context: ReplyContext): Reply {
  const { request, clock, random, keep } = context;
  const { texts = {}, files = {} } = request.form ?? {};
  const { purpose = '' } = texts;
  const { filename = '', content = new Uint8Array(0) } = files[UPLOAD] ?? {};
  const createdAt = inSeconds(clock.wall());
  const asked = Number(texts['expires_after[seconds]'] ?? Number.NaN);
  const lasts = Number.isFinite(asked) ? asked : purpose === 'batch' ? BATCH_FILE_LASTS : undefined;
  const file: StoredFile = {
    id: fileId(random('id')),
    purpose,
    filename,
    bytes: content.byteLength,
    createdAt,
    expiresAt: lasts === undefined ? null : createdAt + lasts,
  };
  keep?.({ change: 'keep file', file, content });
  return jsonReply(SUCCESS, shown(file), context);
}

export function listReply(context: ReplyContext): Reply {
  const { found, request, clock } = context;
  const now = clock.now();
  const kept = found?.is === 'all files' ? found : { files: [], batches: [] };
  const written = kept.batches.flatMap((batch) => writtenFiles(batch, now).map(({ file }) => file));
  const { purpose, limit } = Object.fromEntries(parametersOf(request.query));
  const all = [...kept.files, ...written].sort((a, b) => a.createdAt - b.createdAt).map(shown);
  const asked = purpose === undefined ? all : all.filter((file) => file.purpose === purpose);
  const query = listQueryOf(request.query);
  const page = pageOf(asked, limit === undefined ? { ...query, limit: LIMIT } : query);
  const { data, hasMore, firstId, lastId } = page;
  return jsonReply(SUCCESS, { object: 'list', data, has_more: hasMore, first_id: firstId, last_id: lastId }, context);
}

export function retrieveReply(context: ReplyContext): Reply {
  return ofFile(context, (file) => jsonReply(SUCCESS, shown(file), context));
}

export function deleteReply(context: ReplyContext): Reply {
  return ofFile(context, ({ id }) => {
    context.keep?.({ change: 'delete file', id });
    return jsonReply(SUCCESS, { object: 'file', deleted: true, id }, context);
  });
}

export function contentReply(context: ReplyContext): Reply {
  return ofFile(context, ({ filename }, content) => {
    const head = BINARY.head(context);
    const disposition = ['content-disposition', `attachment; filename="${quotable(filename)}"`] as const;
    return [
      { ...head, headers: [...head.headers, disposition], printed: undefined },
      ...content.map((data) => ({ type: 'write', data }) as const),
      { type: 'end' },
    ];
  });
}

/** Answers for a file that is there, with its content where that was asked for. A file that a batch has yet to write is not. */
function ofFile(context: ReplyContext, reply: (file: StoredFile, content: readonly (string | Uint8Array)[]) => Reply): Reply {
  const { found, clock } = context;
  if (found?.is === 'file')
    return reply(found.file, found.content === undefined || found.content.length === 0 ? [] : [found.content]);
  const id = found?.is === 'file of a batch' ? found.file.id : '';
  const written =
    found?.is === 'file of a batch' ? writtenFiles(found.batch, clock.now()).find(({ file }) => file.id === id) : undefined;
  return written === undefined
    ? refusalReply(fileNotFound(id), context)
    : reply(
        written.file,
        written.lines.map(({ text }) => text),
      );
}

/** Keys in their captured order. */
function shown({ id, purpose, filename, bytes, createdAt, expiresAt }: StoredFile) {
  return {
    object: 'file',
    id,
    purpose,
    filename,
    bytes,
    created_at: createdAt,
    expires_at: expiresAt,
    status: 'processed',
    status_details: null,
  };
}

/** A name as it may stand between quotes in a header. */
function quotable(filename: string): string {
  return filename.replace(/[^\x20-\x7e]|["\\]/g, '_');
}
