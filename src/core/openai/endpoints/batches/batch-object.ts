import { batchPhase, CANCELLING_MS, linesDone, writtenFiles } from '../../store/batch-phase.ts';
import type { StoredBatch } from '../../store/stored-file.ts';
import { inSeconds } from '../responses/response-identity.ts';

/** A batch that is not over by then expires, in seconds. */
const EXPIRES_AFTER = 86_400;

/** A batch as it is shown at that time, keys in their captured order (wire-responses.md 9). `now` in milliseconds of the engine's clock. */
export function shownBatch(batch: StoredBatch, now: number) {
  const phase = batchPhase(batch, now);
  const { createdAt, createdWallMs, validatedAt, finalizingAt, endsAt, cancelledAt, problems } = batch;
  const since = (at: number | undefined, holds: boolean) =>
    holds && at !== undefined && at <= now ? inSeconds(createdWallMs + at - createdAt) : null;
  const isGood = problems.length === 0;
  const until = cancelledAt ?? Number.POSITIVE_INFINITY;
  const files = writtenFiles(batch, now).map(({ file }) => file.id);
  const named = (id: string) => (files.includes(id) ? id : null);
  const created = inSeconds(createdWallMs);
  return {
    id: batch.id,
    object: 'batch',
    endpoint: batch.endpoint,
    model: batch.model,
    errors: phase === 'failed' ? { object: 'list', data: problems } : null,
    input_file_id: batch.inputFileId,
    completion_window: batch.completionWindow,
    status: phase,
    output_file_id: named(batch.output.id),
    error_file_id: named(batch.errors.id),
    created_at: created,
    in_progress_at: since(validatedAt, isGood && validatedAt < until),
    expires_at: created + EXPIRES_AFTER,
    finalizing_at: since(finalizingAt, isGood && finalizingAt < until),
    completed_at: since(endsAt, isGood && cancelledAt === undefined),
    failed_at: since(validatedAt, phase === 'failed'),
    expired_at: null,
    cancelling_at: since(cancelledAt, true),
    cancelled_at: since(cancelledAt === undefined ? undefined : cancelledAt + CANCELLING_MS, true),
    request_counts: countsOf(batch, now, phase === 'validating'),
    usage: usageOf(batch, now),
    metadata: batch.metadata,
  };
}

/** While the input is looked through, nobody knows how many requests it has. */
function countsOf(batch: StoredBatch, now: number, isUnread: boolean) {
  const done = linesDone(batch, now);
  const completed = done.filter(({ isGood }) => isGood).length;
  return { total: isUnread ? 0 : batch.lines.length, completed, failed: done.length - completed };
}

function usageOf(batch: StoredBatch, now: number) {
  const usage = { input: 0, output: 0, total: 0 };
  for (const { tokens } of linesDone(batch, now)) {
    usage.input += tokens.input;
    usage.output += tokens.output;
    usage.total += tokens.total;
  }
  return {
    input_tokens: usage.input,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: usage.total,
  };
}
