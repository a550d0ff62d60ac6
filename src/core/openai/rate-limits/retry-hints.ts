import { formatHttpDate } from '../../units/http-date.ts';
import type { Header } from '../../wire/effect.ts';
import type { RetryHints } from '../request/rate-limit-account.ts';

/** The hints of a 429 where nothing else is asked for: `Retry-After` in seconds, as the specification has it (wire.md 1.4). */
export const SPECIFIED_HINTS: RetryHints = { retryAfter: 'seconds', retryAfterMs: false, shouldRetry: false };

/** A wait as headers. Seconds and dates are rounded up, so that a client that obeys is never early. */
export function retryHintHeaders(hints: RetryHints, waitMs: number, wallMs: number): Header[] {
  const headers: Header[] = [];
  if (hints.retryAfter === 'seconds') headers.push(['retry-after', String(Math.max(1, Math.ceil(waitMs / 1_000)))]);
  if (hints.retryAfter === 'date') headers.push(['retry-after', formatHttpDate(Math.ceil((wallMs + waitMs) / 1_000) * 1_000)]);
  if (hints.retryAfterMs) headers.push(['retry-after-ms', String(Math.ceil(waitMs))]);
  if (hints.shouldRetry) headers.push(['x-should-retry', 'true']);
  return headers;
}

/** The hints of a 429 that no wait will cure. */
export function noRetryHeaders(hints: RetryHints): Header[] {
  return hints.shouldRetry ? [['x-should-retry', 'false']] : [];
}
