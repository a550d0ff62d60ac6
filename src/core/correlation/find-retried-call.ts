import type { CorrelationEvidence } from './correlation.ts';
import type { CorrelationState } from './correlation-state.ts';
import { couldRetry, type RetryMarker } from './could-retry.ts';
import type { FingerprintGroup, OpenCall } from './fingerprint-group.ts';
import { failedAt, RetryCandidates } from './retry-candidates.ts';

/** Within this time after a failure, an equal request on an unconcerned connection is rather one sent at the same time. */
const SOON_MS = 250;

/** A request, and what is known of its like. */
export interface Seen {
  readonly evidence: CorrelationEvidence;
  readonly group: FingerprintGroup;
  readonly retryCount: number | undefined;
  /** Whether a connection is known to be closed. */
  isClosed(connection: number): boolean;
}

/** Which call a request may be a retry of, and whether there is a doubt about it. */
export type RetriedCall = Pick<RetryCandidates, 'call' | 'doubtful'>;

const NOBODY: RetriedCall = { call: undefined, doubtful: false };

/** The call that the request is taken for a retry of. */
export function findRetriedCall(state: CorrelationState, seen: Seen): RetriedCall {
  const { evidence, group, retryCount } = seen;
  if (group.failed.length === 0) return NOBODY;
  const alone = group.calls.length === 1;
  const unrivalled = alone && !group.answered && !group.hadConcurrentCalls && !state.totals.countsRetries;
  const mark = { retryCount, alone, unrivalled };
  const crowded = retryCount === undefined && group.hadConcurrentCalls;
  const isPlausible = crowded ? plausibility(state, seen, mark) : always;
  const candidates = new RetryCandidates(evidence.connection.id);
  for (const call of group.failed) if (couldRetry(call, evidence, mark) && isPlausible(call)) candidates.add(call);
  return candidates;
}

/**
 * When unmarked calls that say the same were seen side by side: of those that failed, the ones that a request may be a
 * retry of rather than a new call beside them. A connection that brought a failure brings retries; on any other, what
 * comes at once after a failure is not its retry, unless the client has closed the connection of the failure.
 */
function plausibility(
  { connections }: CorrelationState,
  { evidence, group, isClosed }: Seen,
  mark: RetryMarker,
): (call: OpenCall) => boolean {
  const { at, fingerprint, connection } = evidence;
  if (connections.get(connection.id)?.fingerprint !== fingerprint) {
    return (call) => at - failedAt(call) >= SOON_MS || isClosed(call.failure?.connection ?? -1);
  }
  // A pool gives the connection of a fresh failure to the request that has waited longest.
  let oldestMs = 0;
  for (const call of group.failed) {
    if (couldRetry(call, evidence, mark)) oldestMs = Math.max(oldestMs, at - failedAt(call));
  }
  return (call) => (at - failedAt(call)) * 2 >= oldestMs;
}

function always(): boolean {
  return true;
}
