import { isNamed } from './call-name.ts';
import type { CorrelationEvidence } from './correlation.ts';
import type { OpenCall } from './fingerprint-group.ts';
import { sdkBackoffMs } from './sdk-backoff.ts';

/** The longest server hint that SDKs with a retry count obey (wire.md 7.1). */
const LONGEST_OBEYED_HINT_MS = 120_000;
/** A hint may be shorter than the time in which clients send side by side. */
const SHORTEST_DUE_MS = 500;
/** Retries that the official SDKs make by default (wire.md 7.1). */
const DEFAULT_RETRIES = 2;

/** What a request says of itself, and what is known of others. */
export interface RetryMarker {
  readonly retryCount: number | undefined;
  /** Its call would be the only one that says the same. */
  readonly alone: boolean;
  /** The first of that kind that was heard of, and no client was seen to count its retries. */
  readonly unrivalled: boolean;
}

/** Whether the request can be the next attempt of a call that failed. */
export function couldRetry(
  call: OpenCall,
  { at, connection }: CorrelationEvidence,
  { retryCount, alone, unrivalled }: RetryMarker,
): boolean {
  const { failure } = call;
  if (failure === undefined) return false;
  // What was sent on the connection of the failure before it came, as turns of a WebSocket are, waited for its turn.
  if (connection.id === failure.connection && at < failure.knownAt) return false;
  // The client opened this connection before it could know of the failure, and has not used it since.
  if (connection.requests === 1 && connection.acceptedAt < failure.knownAt) return false;
  if (retryCount !== undefined && retryCount > 0) return call.retryCount === retryCount - 1;
  if (isNamed(call.id)) return false;
  if (retryCount === undefined) return call.retryCount === undefined;
  // A count of 0 after a failure: a layer above the SDK retries. When others say the same, or have been answered, or until the
  // retry of an SDK that retries is overdue, it is rather another call.
  if (call.retryCount === undefined || !alone) return false;
  if (unrivalled && call.retryCount === 0 && call.pending === 0) return true;
  return call.retryCount >= DEFAULT_RETRIES || at - failure.at > ownRetryDueMs(call.retryCount, failure.hintMs);
}

/** When an SDK that counts its retries would have retried by itself (wire.md 7.1): its hint, else its longest backoff. */
function ownRetryDueMs(retryCount: number, hintMs: number | undefined): number {
  return hintMs !== undefined && hintMs <= LONGEST_OBEYED_HINT_MS ? Math.max(hintMs, SHORTEST_DUE_MS) : sdkBackoffMs(retryCount);
}
