import { isNamed, type Named, nameOf } from './call-name.ts';
import type { Certainty } from './certainty.ts';
import type { Correlation, CorrelationEvidence, Evidence } from './correlation.ts';
import type { CorrelationState } from './correlation-state.ts';
import type { DeclaredCalls } from './declared-calls.ts';
import { findAskedElsewhere } from './find-asked-elsewhere.ts';
import { findRetriedCall, type Seen } from './find-retried-call.ts';
import { type FingerprintGroup, nextOrdinal, noteFailure, type OpenCall } from './fingerprint-group.ts';
import { rememberQuestion } from './questions.ts';
import { forgetCall, groupOf, newCallId, openCall } from './remember.ts';

interface Found {
  readonly call: OpenCall | undefined;
  readonly id: string;
  readonly evidence: Evidence;
  readonly certainty: Certainty;
}

/** Recognises a request as it arrives, and notes it in the state. `isClosed` says whether a connection is known to be closed. */
export function observe(
  state: CorrelationState,
  evidence: CorrelationEvidence,
  isClosed: (connection: number) => boolean,
): Correlation {
  const retryCount = readCount(evidence.headers['x-stainless-retry-count']);
  const group = groupOf(state, evidence.fingerprint);
  if ((retryCount ?? 0) > 0) state.totals.countsRetries = true;
  const seen: Seen = { evidence, group, retryCount, isClosed };
  const declared = findDeclared(state, seen);
  const named = declared === undefined ? nameFor(state, seen) : undefined;
  const found = declared ?? (named === undefined ? findUnnamed(state, seen) : findNamed(state, named, seen));
  const question = questionOf(state, evidence);
  const findable = declared === undefined && named?.evidence !== 'path' && (named === undefined || retryCount !== undefined);
  const call = found.call ?? openCall(state, found.id, group, findable);
  if (declared !== undefined) group.declared = call;
  const counted = declared === undefined ? retryCount : undefined;
  // A new call with a count above 0 begins with a retry: its earlier attempts never got here.
  call.attempts = found.call === undefined ? 1 + (counted ?? 0) : call.attempts + 1;
  call.pending += 1;
  call.retryCount = retryCount;
  call.arrivedAt = evidence.at;
  call.target = evidence.target;
  call.lastFingerprint = evidence.fingerprint;
  noteFailure(call, undefined);
  if (evidence.acrossTargets === true) expectElsewhere(state, call, question);
  const attempt = call.attempts;
  const drawKey = named === undefined ? ordinalKey(group, counted) : `${named.id} ${attempt}`;
  const { evidence: by, certainty } = found;
  return { call: call.id, attempt, evidence: by, certainty, drawKey, question, remembered: call };
}

/** What is asked, where it is worth knowing: most requests are never compared with others. */
function questionOf({ totals }: CorrelationState, evidence: CorrelationEvidence): string | undefined {
  return totals.hasFailures || evidence.acrossTargets === true ? evidence.question?.() : undefined;
}

/** A request to another target may be an attempt of the call, also before the call has failed. */
function expectElsewhere(state: CorrelationState, call: OpenCall, question: string | undefined): void {
  if (question !== undefined && !isNamed(call.id)) rememberQuestion(state, call, question);
}

/**
 * The call by what the program declares: equal requests are its attempts until it has succeeded. Undefined where nothing is
 * declared, where the path names the call, and where the requests have shown that the declaration does not hold.
 */
function findDeclared(state: CorrelationState, seen: Seen): Found | undefined {
  const { evidence, group } = seen;
  const { declared, pathCall } = evidence;
  if (declared === undefined || pathCall !== undefined || group.contradicted) return undefined;
  const call = group.declared?.forgotten === true ? undefined : group.declared;
  if (call !== undefined && !call.answered) {
    // Of a program that makes so many calls, two at once are rather two of them.
    if (declared === 'unique' || call.pending === 0)
      return { call, id: call.id, evidence: 'declared', certainty: sure(declared) };
    group.contradicted = true;
    return undefined;
  }
  const elsewhere = call === undefined && findFailedElsewhere(state, seen);
  return elsewhere || firstDeclared(state, group, declared);
}

function sure(declared: DeclaredCalls): Certainty {
  return declared === 'unique' ? 'exact' : 'likely';
}

/** A new call of those that are declared; undefined where there are more of them than that. */
function firstDeclared(state: CorrelationState, group: FingerprintGroup, declared: DeclaredCalls): Found | undefined {
  const { totals } = state;
  const { declared: call } = group;
  if (call === undefined) totals.declaredKinds += 1;
  group.contradicted = declared === 'unique' ? call?.answered === true : totals.declaredKinds > declared;
  if (group.contradicted) return undefined;
  if (call !== undefined && call.pending === 0 && !call.forgotten) forgetCall(state, call);
  return { call: undefined, id: newCallId(state), evidence: 'first', certainty: sure(declared) };
}

/**
 * The name that the client gave to the call. Some send the same `x-client-request-id` with all that they ask: when it comes
 * with another request, and that is no retry, it names a session.
 */
function nameFor(state: CorrelationState, { evidence, group, retryCount }: Seen): Named | undefined {
  const named = nameOf(evidence);
  const call = named?.evidence === 'client-request-id' ? state.named.get(named.id) : undefined;
  if (call === undefined) return named;
  const isOver = call.pending === 0 && call.failure === undefined;
  if (call.group.fingerprint !== group.fingerprint && (retryCount === 0 || isOver)) call.namesMany = true;
  return call.namesMany ? undefined : named;
}

function findNamed(state: CorrelationState, named: Named, seen: Seen): Found {
  const call = state.named.get(named.id);
  const { retryCount } = seen;
  if (call === undefined && retryCount !== undefined && retryCount > 0 && named.evidence !== 'path') {
    // Some clients name each attempt anew; then the retry count is the better evidence.
    const { call: chained } = findUnnamed(state, seen);
    if (chained !== undefined) return { call: chained, id: chained.id, evidence: 'retry-count', certainty: 'likely' };
  }
  return { call, id: named.id, evidence: named.evidence, certainty: 'exact' };
}

function findUnnamed(state: CorrelationState, seen: Seen): Found {
  const { group, retryCount } = seen;
  const { call, doubtful } = findRetriedCall(state, seen);
  if (call === undefined) {
    const elsewhere = findFailedElsewhere(state, seen);
    if (elsewhere !== undefined) return elsewhere;
    return { call, id: newCallId(state), evidence: 'first', certainty: retryCount === 0 ? 'exact' : 'likely' };
  }
  const chained = retryCount !== undefined && retryCount > 0;
  const certainty = certaintyOf(doubtful, group, retryCount);
  return { call, id: call.id, evidence: chained ? 'retry-count' : 'fingerprint', certainty };
}

/** The call that failed at another target and asks the same: the request is its next attempt. */
function findFailedElsewhere(state: CorrelationState, seen: Seen): Found | undefined {
  const { call, doubtful } = findAskedElsewhere(state, seen);
  return call && { call, id: call.id, evidence: 'question', certainty: doubtful ? 'ambiguous' : 'likely' };
}

/** How certain it is that the request is a retry of the one that is taken. */
function certaintyOf(doubtful: boolean, group: FingerprintGroup, retryCount: number | undefined): Certainty {
  const chained = retryCount !== undefined && retryCount > 0;
  if (chained && !doubtful) return group.hasGuesses ? 'likely' : 'exact';
  // The call that the request really belongs to may be met again, and look like one that comes later.
  if (retryCount !== undefined) group.hasGuesses = true;
  return doubtful ? 'ambiguous' : 'likely';
}

/** What tells a request from its like: its ordinal among those of the same count. */
function ordinalKey(group: FingerprintGroup, retryCount: number | undefined): string {
  return `${group.fingerprint} ${retryCount ?? '-'} ${nextOrdinal(group, retryCount)}`;
}

function readCount(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}
