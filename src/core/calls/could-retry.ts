import { isNamed } from './call-name.ts';
import type { OpenCall } from './kin.ts';
import type { Sighting } from './sighting.ts';

/** The longest server hint that SDKs with a retry count obey (wire.md 7.1). */
const LONGEST_OBEYED_HINT_MS = 120_000;
/** A hint may be shorter than the time in which clients send side by side. */
const SHORTEST_DUE_MS = 500;
/** Retries that the official SDKs make by default (wire.md 7.1). */
const DEFAULT_RETRIES = 2;

/** What a request says of itself, and whether its call would be the only one that says the same. */
export interface Mark {
  readonly retryCount: number | undefined;
  readonly alone: boolean;
}

/** Whether the request can be the next attempt of a call that failed. */
export function couldRetry(call: OpenCall, { at, connection }: Sighting, { retryCount, alone }: Mark): boolean {
  const { failure } = call;
  if (failure === undefined) return false;
  // The client opened this connection before it could know of the failure, and has not used it since.
  if (connection.requests === 1 && connection.acceptedAt < failure.knownAt) return false;
  if (retryCount !== undefined && retryCount > 0) return call.retryCount === retryCount - 1;
  if (isNamed(call.id)) return false;
  if (retryCount === undefined) return call.retryCount === undefined;
  // A count of 0 after a failure: a layer above the SDK retries. Until the SDK's own retry is overdue, or when others
  // say the same, it is rather another call.
  if (call.retryCount === undefined || !alone) return false;
  return call.retryCount >= DEFAULT_RETRIES || at - failure.at > ownRetryDueMs(call.retryCount, failure.hintMs);
}

/** When an SDK that counts its retries would have retried by itself (wire.md 7.1): its hint, else min(0.5·2ⁿ, 8) s. */
function ownRetryDueMs(retryCount: number, hintMs: number | undefined): number {
  const backoffMs = Math.min(500 * 2 ** retryCount, 8_000);
  return hintMs !== undefined && hintMs <= LONGEST_OBEYED_HINT_MS ? Math.max(hintMs, SHORTEST_DUE_MS) : backoffMs;
}
