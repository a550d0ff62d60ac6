import type { JournalEntry } from '../../journal/entry.ts';
import { failureOf, type Settled } from './failure.ts';
import type { Answered } from './permanent.ts';
import { invitesRetryAfter, isFailed, isRetryableAfter, type RetryExpectation } from './retryable.ts';

/**
 * Whether the request failed in such a way that a client may try again: a broken connection, silence, an answer that the
 * scenario spoilt, 408, 409, 429 but for billing, 5xx, a status that the policy wants retried, and a failure that the scenario
 * deals out for a while only. What the policy forbids does not. `x-should-retry: true` overrules.
 */
export function invitesRetry(entry: Settled & Answered, expectation: RetryExpectation): boolean {
  return invitesRetryAfter(failureOf(entry), entry, expectation);
}

/**
 * Whether an equal request that follows is taken for the retry of this one. It is after each failure that invites a retry. It is
 * after a 429 without credit and a 503 that the policy forbids, too: a client that goes by the status alone retries them, and has
 * to be found out.
 */
export function isRetryable(entry: Settled & Answered, expectation: RetryExpectation): boolean {
  return isRetryableAfter(failureOf(entry), entry, expectation);
}

/** Whether what the journal says of the request still holds: it is over, it failed, and a retry may have followed. */
export function mayBeRetried(entry: JournalEntry): boolean {
  return entry.retryable && isFailed(failureOf(entry));
}
