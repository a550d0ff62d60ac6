import { failureKnownAt } from '../../journal/calls.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import { isNotProcessed } from './is-not-processed.ts';

/** A stack that finds a pooled connection dead repeats the request at once (backoff.md A2). */
const REPLAY_MS = 5;

/**
 * A pooled connection that had served before died without a byte, and the same request came at once on a new one. Or the server said
 * that it did not process the request, and the same came at once, on whatever connection.
 */
export function isReplay(previous: JournalEntry, entry: JournalEntry): boolean {
  const from = failureKnownAt(previous);
  return (
    from !== null &&
    (isNotProcessed(previous) || diedInPool(previous, entry)) &&
    entry.bodySha256 === previous.bodySha256 &&
    entry.headers['x-stainless-retry-count'] === previous.headers['x-stainless-retry-count'] &&
    entry.t_headers - from < REPLAY_MS
  );
}

function diedInPool(previous: JournalEntry, entry: JournalEntry): boolean {
  return (
    previous.closedBy === 'server' &&
    previous.t_firstByteBefore === null &&
    previous.connReqSeq > 1 &&
    entry.connId !== previous.connId
  );
}
