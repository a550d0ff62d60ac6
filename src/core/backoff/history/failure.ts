import { spoils } from '../../faults/catalogue.ts';
import type { JournalEntry } from '../../journal/entry.ts';

/**
 * How an attempt failed.
 * - `status`: an error answer · `transport`: no answer, or one cut before its content
 * - `content`: an answer of success that was cut or spoilt on its way · `abandoned`: the client left · `pending`: not over yet
 *
 * A client that leaves a stream which goes well, after content of it, has what it wanted: it closes at `[DONE]`, or stops reading.
 */
export type FailureKind = 'status' | 'transport' | 'content' | 'abandoned' | 'pending';

/** How a request ended, as far as it matters to whether it failed. */
export type Ended = Pick<JournalEntry, 't_end' | 'closedBy' | 'status' | 'bytesOut' | 'chunksOut' | 'faultApplied'>;

/** What makes a client lose patience with a stream. */
const SLOW: ReadonlySet<string> = new Set(['stalled_stream', 'slow_stream', 'slow_body']);

/** How the attempt failed; undefined for a success. */
export function failureOf(entry: Ended): FailureKind | undefined {
  const { t_end, closedBy, status, bytesOut, chunksOut, faultApplied } = entry;
  const faults = faultApplied?.faults ?? [];
  const spoilt = faults.some(spoils);
  if (t_end === null) return 'pending';
  if (closedBy === 'client') {
    const satisfied = chunksOut > 0 && !spoilt && !faults.some(({ name }) => SLOW.has(name));
    return satisfied ? undefined : 'abandoned';
  }
  if (status !== null && status >= 400) return 'status';
  if (status === null || (closedBy === 'server' && bytesOut === 0)) return 'transport';
  return closedBy === 'server' || spoilt ? 'content' : undefined;
}

/** `429 rate_limit_exceeded`, `reset`, `no answer`: how people call it. */
export function failureText(entry: JournalEntry): string {
  const kind = failureOf(entry);
  switch (kind) {
    case undefined:
      return String(entry.status);
    case 'status':
      return [entry.status, entry.errorCode].filter((part) => part !== null).join(' ');
    case 'transport':
      return entry.status === null ? 'no answer' : `${entry.status} without a body`;
    case 'content':
      return entry.stream ? 'broken stream' : 'broken answer';
    case 'abandoned':
      return 'left by the client';
    case 'pending':
      return 'unanswered';
  }
}
