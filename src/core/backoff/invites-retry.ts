import { isRetryable } from '../calls/outcome.ts';
import type { JournalEntry } from '../journal/entry.ts';
import { failureOf } from './failure.ts';

/** Whether the request failed in such a way that a client may try again. */
export function invitesRetry(entry: JournalEntry): boolean {
  const { status, closedBy, shouldRetry } = entry;
  const failure = failureOf(entry);
  if (failure === undefined || failure === 'pending') return false;
  const complete = closedBy === null && failure === 'status';
  return isRetryable({ status: status ?? undefined, complete, shouldRetry: shouldRetry ?? undefined });
}
