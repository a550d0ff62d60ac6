import type { JournalEntry } from '../journal/entry.ts';
import { quotaCodes } from '../openai/errors-quota.ts';
import type { Policy } from './policy.ts';

/** Statuses that a repetition of the same request cannot mend (backoff.md A3). */
const PERMANENT = new Set([400, 401, 403, 404, 405, 413, 415, 422]);

/** Codes of 429s that mean no money rather than too much speed (wire.md 1.3; backoff.md A4). */
const QUOTA_CODES: ReadonlySet<unknown> = new Set([...quotaCodes, 'insufficient_quota', 'billing_not_active']);

/** Whether the answer says that the account is out of money or credit. */
export function isQuota({ errorCode }: JournalEntry): boolean {
  return QUOTA_CODES.has(errorCode);
}

/**
 * Whether trying again cannot help, by nature unless the policy wants it retried, or because the policy says so.
 * `x-should-retry: true` overrules.
 */
export function isPermanent(entry: JournalEntry, { retries, neverRetries }: Policy): boolean {
  const { status, shouldRetry } = entry;
  if (status === null || status < 400 || shouldRetry === 'true') return false;
  if (neverRetries.some((item) => (typeof item === 'number' ? item === status : carries(entry, item)))) return true;
  return !isQuota(entry) && PERMANENT.has(status) && !retries.includes(status);
}

/** Whether the error has the code or the type; all codes of quotas count as of the type that they share at OpenAI. */
function carries(entry: JournalEntry, word: string): boolean {
  return entry.errorCode === word || entry.errorType === word || (word === 'insufficient_quota' && isQuota(entry));
}
