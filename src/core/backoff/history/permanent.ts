import type { JournalEntry } from '../../journal/entry.ts';
import { moneyCodes, QUOTA_TYPE } from '../../openai/errors/errors-quota.ts';
import type { Policy } from '../../policy/policy.ts';

/** Statuses that a repetition of the same request cannot mend (backoff.md A3). */
const PERMANENT = new Set([400, 401, 402, 403, 404, 405, 413, 415, 422]);

const MONEY_CODES: ReadonlySet<unknown> = new Set(moneyCodes);

/** What an answer says of why it refuses. */
export type Answered = Pick<JournalEntry, 'status' | 'errorCode' | 'errorType' | 'shouldRetry' | 'faultApplied'>;

/** Whether the answer says that the account is out of money or credit. */
export function isQuota({ errorCode }: Answered): boolean {
  return MONEY_CODES.has(errorCode);
}

/** Whether the answer finds fault with the request or its key, so that a change of them is a sensible reply. */
export function asksForChange(entry: Answered, policy: Pick<Policy, 'retries' | 'neverRetries'>): boolean {
  return isPermanent({ ...entry, faultApplied: null }, policy);
}

/**
 * Whether trying again cannot help, by nature unless the policy wants it retried or the scenario deals it out for a while only,
 * or because the policy says so. `x-should-retry: true` overrules.
 */
export function isPermanent(entry: Answered, policy: Pick<Policy, 'retries' | 'neverRetries'>): boolean {
  const { status, shouldRetry, faultApplied } = entry;
  if (status === null || status < 400 || shouldRetry === 'true') return false;
  if (forbids(entry, policy)) return true;
  if (isQuota(entry) || faultApplied?.passes === true) return false;
  return PERMANENT.has(status) && !policy.retries.includes(status);
}

/** Whether the policy says that this answer must not be retried: by its status, or by the code or type of its error. */
export function forbids(entry: Answered, { neverRetries }: Pick<Policy, 'neverRetries'>): boolean {
  return neverRetries.some((item) => (typeof item === 'number' ? item === entry.status : carries(entry, item)));
}

/** Whether the error has the code or the type; all codes of quotas count as of the type that they share at OpenAI. */
function carries(entry: Answered, word: string): boolean {
  return entry.errorCode === word || entry.errorType === word || (word === QUOTA_TYPE && isQuota(entry));
}
