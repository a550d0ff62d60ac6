import type { Steps } from '../at-once.ts';
import { groupByInSteps } from '../collections/group-by-in-steps.ts';
import { type Certainty, weakestOf } from '../correlation/certainty.ts';
import type { Evidence } from '../correlation/correlation.ts';
import type { Hint, JournalEntry } from './entry.ts';

/** One try of a call. Times in milliseconds. */
export interface Attempt {
  /** `seq` of its journal entry. */
  readonly entry: number;
  readonly attempt: number;
  /** Who was asked: the session, the hash of the key, the model. */
  readonly target: { readonly provider: string; readonly key: string | null; readonly model: string | null };
  readonly status: number | null;
  readonly errorCode: string | number | null;
  readonly faults: readonly string[];
  readonly hint: Hint | null;
  /**
   * From the moment the client could know that the previous attempt had failed to the arrival of this one
   * (`failureKnownAt`; backoff.md 2.2).
   */
  readonly gapMs: number | null;
  readonly t_headers: number;
}

/** One logical request of the client, with its attempts in order. */
export interface Call {
  readonly id: string;
  /** How its attempts were recognised: the weakest evidence among them. */
  readonly method: Evidence;
  readonly certainty: Certainty;
  readonly endpoint: string | null;
  readonly model: string | null;
  readonly attempts: readonly Attempt[];
}

/** Calls of one step. */
const CALLS_AT_ONCE = 1_000;

/** Journal entries → calls, in the order of their first attempts. */
export function* callsInSteps(entries: readonly JournalEntry[]): Steps<Call[]> {
  const calls: Call[] = [];
  for (const group of (yield* groupByInSteps(entries, ({ logicalId }) => logicalId)).values()) {
    calls.push(callOf(group));
    if (calls.length % CALLS_AT_ONCE === 0) yield;
  }
  return calls;
}

function callOf(entries: readonly JournalEntry[]): Call {
  const sorted = [...entries].sort((a, b) => a.t_headers - b.t_headers || a.seq - b.seq);
  const [first] = sorted;
  if (first === undefined) throw new RangeError('a call has at least one attempt');
  const recognised = sorted.find(({ logicalIdFrom }) => logicalIdFrom !== 'first') ?? first;
  return {
    id: first.logicalId,
    method: recognised.logicalIdFrom,
    certainty: weakestOf(sorted) ?? first.certainty,
    endpoint: first.endpoint,
    model: first.model,
    attempts: sorted.map((entry, index) => attemptOf(entry, sorted[index - 1])),
  };
}

function attemptOf(entry: JournalEntry, previous: JournalEntry | undefined): Attempt {
  const from = previous === undefined ? null : failureKnownAt(previous);
  return {
    entry: entry.seq,
    attempt: entry.attemptSeq,
    target: { provider: entry.session, key: entry.authorizationHash, model: entry.model },
    status: entry.status,
    errorCode: entry.errorCode,
    faults: entry.faultApplied?.faults.map(({ name }) => name) ?? [],
    hint: entry.hint,
    gapMs: from === null ? null : entry.t_headers - from,
    t_headers: entry.t_headers,
  };
}

/**
 * When the client could know that the attempt had failed: just before the first byte of an error, the end of an answer
 * that was cut, or when the client itself left. Null while the attempt runs.
 */
export function failureKnownAt({ closedBy, t_clientClose, t_firstByteBefore, t_end, status }: JournalEntry): number | null {
  if (closedBy === 'client') return t_clientClose;
  const refused = status !== null && status >= 400;
  return refused ? (t_firstByteBefore ?? t_end) : t_end;
}
