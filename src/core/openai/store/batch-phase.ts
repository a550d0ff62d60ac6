import type { StoredBatch, StoredFile, StoredLine } from './stored-file.ts';

export type BatchPhase = 'validating' | 'failed' | 'in_progress' | 'finalizing' | 'completed' | 'cancelling' | 'cancelled';

/** How long a batch that was cancelled is `cancelling`, in milliseconds. */
export const CANCELLING_MS = 500;

/** Where a batch is on its way. `now` in milliseconds of the engine's clock. */
export function batchPhase({ cancelledAt, problems, ...times }: StoredBatch, now: number): BatchPhase {
  if (cancelledAt !== undefined) return now < cancelledAt + CANCELLING_MS ? 'cancelling' : 'cancelled';
  if (now < times.validatedAt) return 'validating';
  if (problems.length > 0) return 'failed';
  if (now < times.finalizingAt) return 'in_progress';
  return now < times.endsAt ? 'finalizing' : 'completed';
}

/** The requests that were over by then, and before the batch was cancelled. */
export function linesDone({ lines, cancelledAt = Number.POSITIVE_INFINITY }: StoredBatch, now: number): readonly StoredLine[] {
  const until = Math.min(now, cancelledAt);
  return lines.filter(({ doneAt }) => doneAt <= until);
}

/** A file that a batch has written. */
export interface WrittenFile {
  readonly file: StoredFile;
  readonly lines: readonly StoredLine[];
}

/** The files that a batch has written by then, the output first. Without a line there is no file. */
export function writtenFiles(batch: StoredBatch, now: number): readonly WrittenFile[] {
  const phase = batchPhase(batch, now);
  if (phase !== 'completed' && phase !== 'cancelled') return [];
  const done = linesDone(batch, now);
  const written = (file: StoredFile, lines: readonly StoredLine[]): WrittenFile[] => {
    if (lines.length === 0 || batch.deleted.includes(file.id)) return [];
    const bytes = lines.reduce((sum, line) => sum + line.bytes, 0);
    return [{ file: { ...file, bytes }, lines }];
  };
  const isGood = ({ isGood: good }: StoredLine) => good;
  return [
    ...written(batch.output, done.filter(isGood)),
    ...written(
      batch.errors,
      done.filter((line) => !isGood(line)),
    ),
  ];
}
