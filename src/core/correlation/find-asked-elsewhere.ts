import type { CorrelationState } from './correlation-state.ts';
import { couldRetry } from './could-retry.ts';
import type { RetriedCall, Seen } from './find-retried-call.ts';
import type { OpenCall } from './fingerprint-group.ts';
import { isElsewhere } from './is-elsewhere.ts';
import { RetryCandidates } from './retry-candidates.ts';

/** So long after a failure, the same question elsewhere is a call of its own. */
const LONGEST_MS = 120_000;

/** What is asked of several targets at once is rather several calls. */
const SHORTEST_HEDGE_MS = 50;

const NOBODY: RetriedCall = { call: undefined, doubtful: false };

/**
 * The call without a name that failed, asks the same as the request and was asked of another target; or the one that went to
 * the target of the request and failed there. In doubt where several did, or where the target has calls of its own that ask it.
 */
export function findAskedElsewhere(state: CorrelationState, seen: Seen): RetriedCall {
  const { evidence, group, retryCount } = seen;
  const calls = askingTheSame(state, seen);
  if (calls.length === 0) return NOBODY;
  const alone = calls.length === 1;
  const mark = { retryCount, alone, unrivalled: alone && !state.totals.countsRetries };
  const candidates = new RetryCandidates(evidence.connection.id);
  for (const call of calls) {
    if (isUnderWay(call, seen) || (mayGoOn(call, seen) && couldRetry(call, evidence, mark))) candidates.add(call);
  }
  if (candidates.call === undefined) return NOBODY;
  return { call: candidates.call, doubtful: candidates.doubtful || hasOwnCalls(group) };
}

const NO_CALLS: readonly OpenCall[] = [];

function askingTheSame({ questions }: CorrelationState, { evidence, retryCount }: Seen): readonly OpenCall[] {
  // What counts itself as a retry is one of the same request.
  if (questions.size === 0 || (retryCount ?? 0) > 0) return NO_CALLS;
  const question = evidence.question?.();
  return question === undefined ? NO_CALLS : (questions.get(question) ?? NO_CALLS);
}

/** Whether the call failed not long ago, and the request asks another target; or the one that the call went to last. */
function mayGoOn(call: OpenCall, { evidence, group }: Seen): boolean {
  const { target, fingerprint, at, acrossKeys = false } = evidence;
  // Of its own kind, the call was looked at before.
  if (call.group === group || call.failure === undefined || at - call.failure.at > LONGEST_MS) return false;
  if (target === undefined || call.target === undefined) return false;
  return call.lastFingerprint === fingerprint || isElsewhere(call.target, target, acrossKeys);
}

/** Whether the call waits for an answer of another target, for long enough to be hedged or given up. */
function isUnderWay(call: OpenCall, seen: Seen): boolean {
  const { failure, pending, arrivedAt, target: before, retryCount: counted, group: own } = call;
  const { evidence, group, retryCount } = seen;
  const { target, at, acrossKeys = false } = evidence;
  if (failure !== undefined || pending === 0 || own === group || at - arrivedAt < SHORTEST_HEDGE_MS) return false;
  if (target === undefined || before === undefined || retryCount !== counted) return false;
  return isElsewhere(before, target, acrossKeys);
}

function hasOwnCalls({ calls, uncounted, first }: Seen['group']): boolean {
  return calls.length > 0 || uncounted + first > 0;
}
