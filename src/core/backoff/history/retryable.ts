import type { FailureKind } from '../../journal/failure-kind.ts';
import type { Policy } from '../../policy/policy.ts';
import { type Answered, forbids, isQuota } from './permanent.ts';

/** What a policy says of failures that are to be retried, and of those that are not. */
export type RetryExpectation = Pick<Policy, 'retries' | 'neverRetries'>;

/** Statuses below 500 that pass: 408, 409 and 429 by OpenAI's SDKs (wire.md 7.1), 425 by RFC 8470. */
const PASSING: ReadonlySet<number> = new Set([408, 409, 425, 429]);

/** See `invitesRetry`, for a request that failed in that way. */
export function invitesRetryAfter(failure: FailureKind | undefined, entry: Answered, expectation: RetryExpectation): boolean {
  if (!isFailed(failure)) return false;
  const { status } = entry;
  if (failure !== 'status' || status === null || entry.shouldRetry === 'true') return true;
  if (forbids(entry, expectation)) return false;
  if (entry.faultApplied?.passes === true) return true;
  return !isQuota(entry) && (passesByNature(status) || expectation.retries.includes(status));
}

/** See `isRetryable`, for a request that failed in that way. */
export function isRetryableAfter(failure: FailureKind | undefined, entry: Answered, expectation: RetryExpectation): boolean {
  return invitesRetryAfter(failure, entry, expectation) || (isFailed(failure) && passesByNature(entry.status ?? 0));
}

/** Whether it is over, and failed. */
export function isFailed(failure: FailureKind | undefined): boolean {
  return failure !== undefined && failure !== 'pending';
}

function passesByNature(status: number): boolean {
  return PASSING.has(status) || status >= 500;
}
