import type { JournalEntry } from '../../journal/entry.ts';
import type { Policy } from '../../policy/policy.ts';
import { type Ended, failureOf } from './failure.ts';
import { type Answered, forbids, isQuota } from './permanent.ts';

/** What a policy says of failures that are to be retried, and of those that are not. */
export type RetryExpectation = Pick<Policy, 'retries' | 'neverRetries'>;

/** Statuses below 500 that pass: 408, 409 and 429 by OpenAI's SDKs (wire.md 7.1), 425 by RFC 8470. */
const PASSING: ReadonlySet<number> = new Set([408, 409, 425, 429]);

/**
 * Whether the request failed in such a way that a client may try again: a broken connection, silence, an answer that the
 * scenario spoilt, 408, 409, 429 but for billing, 5xx, a status that the policy wants retried, and a failure that the scenario
 * deals out for a while only. What the policy forbids does not. `x-should-retry: true` overrules.
 */
export function invitesRetry(entry: Ended & Answered, expectation: RetryExpectation): boolean {
  if (!failed(entry)) return false;
  const { status } = entry;
  if (failureOf(entry) !== 'status' || status === null || entry.shouldRetry === 'true') return true;
  if (forbids(entry, expectation)) return false;
  if (entry.faultApplied?.passes === true) return true;
  return !isQuota(entry) && (passesByNature(status) || expectation.retries.includes(status));
}

/**
 * Whether an equal request that follows is taken for the retry of this one. It is after each failure that invites a retry. It is
 * after a 429 without credit and a 503 that the policy forbids, too: a client that goes by the status alone retries them, and has
 * to be found out.
 */
export function isRetryable(entry: Ended & Answered, expectation: RetryExpectation): boolean {
  return invitesRetry(entry, expectation) || (failed(entry) && passesByNature(entry.status ?? 0));
}

/** Whether what the journal says of the request still holds: it is over, it failed, and a retry may have followed. */
export function mayBeRetried(entry: JournalEntry): boolean {
  return entry.retryable && failed(entry);
}

function failed(entry: Ended): boolean {
  const failure = failureOf(entry);
  return failure !== undefined && failure !== 'pending';
}

function passesByNature(status: number): boolean {
  return PASSING.has(status) || status >= 500;
}
