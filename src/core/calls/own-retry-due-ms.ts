/** The longest server hint that SDKs with a retry count obey (wire.md 7.1). */
const LONGEST_OBEYED_HINT_MS = 120_000;
/** A hint may be shorter than the time in which clients send side by side. */
const SHORTEST_DUE_MS = 500;

/**
 * When an SDK that counts its retries has retried by itself, in milliseconds after the failure (wire.md 7.1): its hint, else
 * min(0.5·2ⁿ, 8) s.
 */
export function ownRetryDueMs(retryCount: number, hintMs: number | undefined): number {
  const backoffMs = Math.min(500 * 2 ** retryCount, 8_000);
  return hintMs !== undefined && hintMs <= LONGEST_OBEYED_HINT_MS ? Math.max(hintMs, SHORTEST_DUE_MS) : backoffMs;
}
