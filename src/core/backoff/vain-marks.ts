import { isNamed } from '../calls/call-name.ts';
import { isRetryable } from '../calls/outcome.ts';
import { ownRetryDueMs } from '../calls/own-retry-due-ms.ts';
import type { Certainty } from '../calls/sighting.ts';
import { groupBy } from '../group-by.ts';
import { failureKnownAt } from '../journal/calls.ts';
import type { JournalEntry } from '../journal/entry.ts';
import { failureOf } from './failure.ts';
import { retryCountOf } from './retry-count-of.ts';
import { sayingOf } from './saying-of.ts';

/**
 * Entries in the order of their arrival → the same, those of one call under one id although the client marks each attempt as a
 * call of its own: a layer above an SDK that does not retry sends `x-stainless-retry-count: 0` each time (backoff.md finding 3,
 * E3), and some send a new `x-client-request-id` or `idempotency-key` with each attempt (E2). What such marks hide is recognised
 * by what the requests say. Where they may be true as well, it is `ambiguous`. An SDK whose own retry is overdue, or that ended
 * at `clientEndedAt`, does not retry.
 */
export function withoutVainMarks(entries: readonly JournalEntry[], clientEndedAt?: number): readonly JournalEntry[] {
  const unplaced = entries.filter(({ logicalIdFrom }) => logicalIdFrom !== 'path');
  const lastArrivals = new Map(unplaced.map(({ authorizationHash, t_headers }) => [authorizationHash, t_headers]));
  const isOverdue = (entry: JournalEntry) => {
    const knownAt = invitesRetry(entry) && entry.shouldRetry !== 'false' ? failureKnownAt(entry) : null;
    if (knownAt === null) return false;
    if (clientEndedAt !== undefined) return true;
    const { dueAt = null } = entry.hint ?? {};
    const dueMs = ownRetryDueMs(0, dueAt === null ? undefined : dueAt - knownAt);
    return knownAt + dueMs < (lastArrivals.get(entry.authorizationHash) ?? 0);
  };
  const joined = new Map<JournalEntry, JournalEntry>();
  for (const same of groupBy(unplaced, sayingOf).values()) {
    const certainty = certaintyOf(same, isOverdue);
    if (certainty === undefined) continue;
    for (const chain of chainsOf(same)) for (const entry of asOneCall(chain, certainty)) joined.set(entry.of, entry.as);
  }
  return joined.size === 0 ? entries : entries.map((entry) => joined.get(entry) ?? entry);
}

/** How certain it is that the marks of requests that say the same are vain; undefined where they are not. */
function certaintyOf(same: readonly JournalEntry[], isOverdue: (entry: JournalEntry) => boolean): Certainty | undefined {
  if (same.length < 2 || same.some((entry) => (retryCountOf(entry) ?? 0) > 0)) return undefined;
  if (same.every(({ logicalId }) => isNamed(logicalId))) {
    const ids = new Set(same.map(({ logicalId }) => logicalId));
    return ids.size === same.length ? 'ambiguous' : undefined;
  }
  if (!same.every((entry) => retryCountOf(entry) === 0 && !isNamed(entry.logicalId))) return undefined;
  return same.some(isOverdue) ? 'likely' : 'ambiguous';
}

/** Requests that may be the attempts of one call: each but the first came after a failure, and no success, of the one before. */
interface Chain {
  readonly entries: JournalEntry[];
  /** Its next attempt may as well be that of another. */
  doubtful: boolean;
}

function chainsOf(same: readonly JournalEntry[]): Chain[] {
  const chains: Chain[] = [];
  let open: Chain[] = [];
  for (const entry of same) {
    open = open.filter(({ entries }) => isOpen(entries.at(-1), entry));
    const failed = open.filter(({ entries }) => isFailed(entries.at(-1), entry));
    const [oldest] = failed;
    if (oldest === undefined) {
      const chain = { entries: [entry], doubtful: false };
      chains.push(chain);
      open.push(chain);
    } else {
      oldest.entries.push(entry);
      if (open.length > 1) for (const chain of open) chain.doubtful = true;
    }
  }
  return chains;
}

/** Whether the call may go on with a later request: it is being answered, or has failed. */
function isOpen(last: JournalEntry | undefined, next: JournalEntry): boolean {
  if (last === undefined) return false;
  return last.t_end === null || last.t_end > next.t_headers || invitesRetry(last);
}

/** Whether the client knew of the failure when it sent the next request. */
function isFailed(last: JournalEntry | undefined, next: JournalEntry): boolean {
  if (last === undefined || !invitesRetry(last)) return false;
  const knownAt = failureKnownAt(last);
  return knownAt !== null && knownAt <= next.t_headers;
}

function invitesRetry(entry: JournalEntry): boolean {
  const { status, closedBy, shouldRetry } = entry;
  const failure = failureOf(entry);
  if (failure === undefined || failure === 'pending') return false;
  return isRetryable({
    status: status ?? undefined,
    complete: closedBy === null && failure === 'status',
    shouldRetry: shouldRetry ?? undefined,
  });
}

function asOneCall({ entries, doubtful }: Chain, certainty: Certainty) {
  const [first] = entries;
  if (first === undefined || entries.length === 1) return [];
  return entries.map((of, at) => {
    const as: JournalEntry = {
      ...of,
      logicalId: first.logicalId,
      logicalIdFrom: at === 0 ? 'first' : 'fingerprint',
      attemptSeq: first.attemptSeq + at,
      certainty: doubtful ? 'ambiguous' : at === 0 ? of.certainty : certainty,
    };
    return { of, as };
  });
}
