import { pick } from '../../../random.ts';
import { HEX } from '../../../text/alphabets.ts';
import type { Reply } from '../../../wire/effect.ts';
import { refusalReply } from '../../errors/error.ts';
import { batchNotCancellable, batchNotFound } from '../../errors/errors.ts';
import { segmentBehind } from '../../request/query.ts';
import type { ReplyContext } from '../../request/reply-context.ts';
import { fieldsOf } from '../../request/request.ts';
import { batchPhase } from '../../store/batch-phase.ts';
import type { FoundInput } from '../../store/kept-files.ts';
import type { StoredBatch, StoredFile } from '../../store/stored-file.ts';
import { textReply } from '../../wire/json-reply.ts';
import { Success } from '../../wire/success.ts';
import { fileId } from '../files/file-id.ts';
import { BATCH_FILE_LASTS } from '../files/file-replies.ts';
import { listQueryOf, pageOf } from '../lists/list-query.ts';
import { WITHOUT } from '../responses/response-headers.ts';
import { inSeconds } from '../responses/response-identity.ts';
import { printed, printedBody } from '../responses/response-json.ts';
import { type BatchInput, inputOf } from './batch-input.ts';
import { writtenLines } from './batch-lines.ts';
import { shownBatch } from './batch-object.ts';

const SUCCESS = new Success({ contentType: 'application/json', limited: false, without: WITHOUT });

/** How long the input is looked through, and the output is written, in milliseconds. */
const VALIDATING_MS = 500;
const FINALIZING_MS = 500;

export function createReply(context: ReplyContext): Reply {
  const { found, clock, keep } = context;
  if (found?.is !== 'input') return answer({}, context);
  const batch = batchOf(found, context);
  keep?.({ change: 'keep batch', batch });
  return answer(shownBatch(batch, clock.now()), context);
}

export function retrieveReply(context: ReplyContext): Reply {
  return ofBatch(context, (batch) => answer(shownBatch(batch, context.clock.now()), context));
}

/** Captured: its answer is on one line, unlike the others (wire-responses.md 9). */
export function cancelReply(context: ReplyContext): Reply {
  return ofBatch(context, (batch) => {
    const now = context.clock.now();
    const phase = batchPhase(batch, now);
    const isOver = phase === 'completed' || phase === 'failed' || phase === 'cancelled';
    if (isOver) return refusalReply(batchNotCancellable(phase), context);
    const cancelledAt = batch.cancelledAt ?? now;
    context.keep?.({ change: 'cancel batch', id: batch.id, at: cancelledAt });
    return textReply(SUCCESS, printed(shownBatch({ ...batch, cancelledAt }, now)), context);
  });
}

export function listReply(context: ReplyContext): Reply {
  const { found, clock, request } = context;
  const now = clock.now();
  const batches = found?.is === 'all batches' ? found.batches.map((batch) => shownBatch(batch, now)) : [];
  const { data, hasMore, firstId, lastId } = pageOf(batches, listQueryOf(request.query));
  return answer({ object: 'list', data, has_more: hasMore, first_id: firstId, last_id: lastId }, context);
}

/** The batch as it will come about. The requests of a file that fails are not made. */
function batchOf(found: FoundInput, context: ReplyContext): StoredBatch {
  const { request, clock, random, batched = [] } = context;
  const { completion_window: completionWindow, metadata = null } = fieldsOf(request);
  const id = pick(random('id'), HEX, 32, 'batch_');
  const createdAt = clock.now();
  const createdWallMs = clock.wall();
  const validatedAt = createdAt + VALIDATING_MS;
  const { problems, model } = inputOf(found, request.dialect);
  const lines = writtenLines(batched, validatedAt, random('lines'));
  const size = lines.reduce((sum, { bytes }) => sum + bytes, 0);
  const isTooMuch = size > found.room;
  const finalizingAt = lines.reduce((last, { doneAt }) => Math.max(last, doneAt), validatedAt);
  const seconds = inSeconds(createdWallMs + finalizingAt - createdAt);
  const file = (kind: 'output' | 'error'): StoredFile => ({
    id: fileId(random(kind)),
    purpose: 'batch_output',
    filename: `${id}_${kind}.jsonl`,
    bytes: 0,
    createdAt: seconds,
    expiresAt: seconds + BATCH_FILE_LASTS,
  });
  return {
    id,
    endpoint: found.endpoint,
    model,
    inputFileId: found.file.id,
    completionWindow: String(completionWindow),
    metadata,
    createdAt,
    createdWallMs,
    validatedAt,
    finalizingAt,
    endsAt: finalizingAt + FINALIZING_MS,
    problems: isTooMuch ? [NO_ROOM] : problems,
    lines: isTooMuch ? [] : lines,
    output: file('output'),
    errors: file('error'),
    deleted: [],
  };
}

const NO_ROOM: BatchInput['problems'][number] = {
  code: 'no_room',
  message: 'This mock has no room for the output: a session keeps no more than 64 MiB of files and batches.',
  param: null,
  line: null,
};

function ofBatch(context: ReplyContext, reply: (batch: StoredBatch) => Reply): Reply {
  const { found, request } = context;
  if (found?.is === 'batch') return reply(found.batch);
  return refusalReply(batchNotFound(segmentBehind('batches', request.path)), context);
}

function answer(value: unknown, context: ReplyContext): Reply {
  return textReply(SUCCESS, printedBody(value), context);
}
