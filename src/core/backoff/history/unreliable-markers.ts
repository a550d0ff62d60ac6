import type { Steps } from '../../at-once.ts';
import { isNamed } from '../../correlation/call-name.ts';
import { failureKnownAt } from '../../journal/calls.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import { perObject } from '../../memo/per-object.ts';
import { perObjectInSteps } from '../../memo/per-object-in-steps.ts';
import { mayBeRetried } from './invites-retry.ts';
import { groupsOfEqual } from './request-identity.ts';
import { retryCountOf } from './retry-count-of.ts';

/** With more calls open at a time, nobody can say which of them a request belongs to. */
const MOST_OPEN = 100;

/**
 * Entries in the order of their arrival → those that may be the attempts of one call although each is marked as a call of its
 * own: a layer above an SDK that does not retry sends `x-stainless-retry-count: 0` each time (backoff.md finding 3, E3), and some
 * send a new `x-client-request-id` or `idempotency-key` with each attempt (E2). Or they are what they are marked as: a program
 * asks the same anew, or several do. A request that may belong to any of many is told alone.
 */
export const unreliablyMarked = perObject((entries: readonly JournalEntry[]): readonly (readonly JournalEntry[])[] =>
  markedAnew(entries).flatMap(chainsOf),
);

/** Requests that say the same, and that no mark joins. */
export const markedAnew = perObjectInSteps(function* (
  entries: readonly JournalEntry[],
): Steps<readonly (readonly JournalEntry[])[]> {
  const unplaced = entries.filter(({ logicalIdFrom }) => logicalIdFrom !== 'path');
  return (yield* groupsOfEqual(unplaced, (entry) => entry)).filter(isMarkedAnew);
});

/** Whether no mark of these requests, which say the same, joins two of them. */
function isMarkedAnew(same: readonly JournalEntry[]): boolean {
  if (same.some((entry) => (retryCountOf(entry) ?? 0) > 0)) return false;
  if (same.every((entry) => retryCountOf(entry) === 0 && !isNamed(entry.logicalId))) return true;
  return (
    same.every(({ logicalId }) => isNamed(logicalId)) && new Set(same.map(({ logicalId }) => logicalId)).size === same.length
  );
}

/** Each but the first of a chain came after a failure, and no success, of the one before. */
function chainsOf(same: readonly JournalEntry[]): JournalEntry[][] {
  const chains: JournalEntry[][] = [];
  let open: JournalEntry[][] = [];
  for (const entry of same) {
    open = open.filter((chain) => isOpen(chain.at(-1), entry));
    if (open.length > MOST_OPEN) return same.map((one) => [one]);
    const failed = open.find((chain) => isFailed(chain.at(-1), entry));
    if (failed !== undefined) failed.push(entry);
    else {
      const chain = [entry];
      chains.push(chain);
      open.push(chain);
    }
  }
  // What was recognised as one call at once needs no doubt.
  return chains.filter((chain) => chain.some(({ logicalId }) => logicalId !== chain[0]?.logicalId));
}

/** Whether the call may go on with a later request: it is being answered, or has failed. */
function isOpen(last: JournalEntry | undefined, next: JournalEntry): boolean {
  return last !== undefined && (last.t_end === null || last.t_end > next.t_headers || mayBeRetried(last));
}

/** Whether the client knew of the failure when it sent the next request. */
function isFailed(last: JournalEntry | undefined, next: JournalEntry): boolean {
  const knownAt = last !== undefined && mayBeRetried(last) ? failureKnownAt(last) : null;
  return knownAt !== null && knownAt <= next.t_headers;
}
