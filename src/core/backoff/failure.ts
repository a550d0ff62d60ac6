import { faultNamed } from '../faults/registry.ts';
import type { JournalEntry } from '../journal/entry.ts';

/**
 * How an attempt failed.
 * - `status`: an error answer · `transport`: no answer, or one cut before its content
 * - `content`: an answer of success that was cut or spoilt on its way · `abandoned`: the client left · `pending`: not over yet
 */
export type FailureKind = 'status' | 'transport' | 'content' | 'abandoned' | 'pending';

type Ended = Pick<JournalEntry, 't_end' | 'closedBy' | 'status' | 'bytesOut' | 'faultApplied'>;

/** How the attempt failed; undefined for a success. */
export function failureOf(entry: Ended): FailureKind | undefined {
  const { t_end, closedBy, status, bytesOut, faultApplied } = entry;
  if (t_end === null) return 'pending';
  if (closedBy === 'client') return 'abandoned';
  if (status !== null && status >= 400) return 'status';
  if (status === null || (closedBy === 'server' && bytesOut === 0)) return 'transport';
  const spoilt = faultApplied?.faults.some(({ name }) => faultNamed(name).spoils === true) ?? false;
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
