import { isSpoilt, type Leaves } from '../faults/leaves.ts';
import type { StreamGrammar } from '../openai/wire/stream-grammar.ts';
import type { JournalEntry } from './entry.ts';

/**
 * How an attempt failed.
 * - `status`: an error answer · `transport`: no answer, or one cut before its content
 * - `content`: an answer of success that was cut or spoilt on its way · `abandoned`: the client left · `pending`: not over yet
 *
 * A client that leaves a stream which goes well, after content of it, has what it wanted: it closes at `[DONE]`, or stops reading.
 */
export type FailureKind = 'status' | 'transport' | 'content' | 'abandoned' | 'pending';

/** How a request ended, as far as it matters to whether it failed. */
export type Ended = Pick<JournalEntry, 't_end' | 'closedBy' | 'status' | 'bytesOut' | 'chunksOut'>;

/** What a fault does to an answer, as far as it matters to whether the attempt failed. */
export interface FaultTraits {
  leavesIn(grammar: StreamGrammar | undefined): Leaves;
  readonly slows: 'head' | 'body' | 'chunks' | undefined;
}

/** How the attempt failed that met these faults; undefined for a success. */
export function failureKind(
  entry: Ended,
  faults: readonly FaultTraits[],
  grammar: StreamGrammar | undefined,
): FailureKind | undefined {
  const { t_end, closedBy, status, bytesOut, chunksOut } = entry;
  if (t_end === null) return 'pending';
  const left = faults.map((fault) => fault.leavesIn(grammar));
  const spoilt = left.some(isSpoilt);
  if (closedBy === 'client') {
    const satisfied = chunksOut > 0 && !spoilt && !faults.some(triesPatience) && !left.includes('stalled');
    return satisfied ? undefined : 'abandoned';
  }
  if (status !== null && status >= 400) return 'status';
  if (status === null || (closedBy === 'server' && bytesOut === 0)) return 'transport';
  return closedBy === 'server' || spoilt ? 'content' : undefined;
}

/** Whether a client may lose patience with the answer after it has begun. */
function triesPatience({ slows }: FaultTraits): boolean {
  return slows === 'body' || slows === 'chunks';
}
