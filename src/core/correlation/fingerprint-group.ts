import type { Linked } from '../collections/use-order.ts';
import type { Target } from './target.ts';

/** Calls of one kind remembered at most: each arrival may look through them. */
const MAX_CALLS = 1_000;
/** Greater retry counts have their ordinals together. */
const MAX_COUNT = 1_000;

/** A call as it is remembered. Times in milliseconds. */
export interface OpenCall extends Linked<OpenCall> {
  readonly id: string;
  /** Calls were opened in this order. */
  readonly number: number;
  /** Its like, by what they say. */
  readonly group: FingerprintGroup;
  attempts: number;
  /** Requests of the call that are being answered. */
  pending: number;
  /** An attempt that may have been its own was given to another call, or the other way round. */
  doubtful: boolean;
  /** When its last attempt arrived. */
  arrivedAt: number;
  /** `x-stainless-retry-count` of the last attempt. */
  retryCount: number | undefined;
  /** The last answer, when it was a retryable failure that no retry has followed. */
  failure:
    | {
        readonly at: number;
        readonly knownAt: number;
        readonly connection: number;
        readonly hintMs: number | undefined;
      }
    | undefined;
  /** Who was asked by its last attempt. */
  target: Target | undefined;
  /** The fingerprint of its last attempt, which may have gone to another target than the first. */
  lastFingerprint: string;
  /** Under which its failure is found by requests to other targets. */
  question: string | undefined;
  /** Its name is that of several calls: a session, not a call, has it. */
  namesMany: boolean;
  /** A later request may be recognised as its retry by what it says. */
  findable: boolean;
  /** It ended in a success that was delivered whole. */
  answered: boolean;
  /** It is not remembered any more. */
  forgotten: boolean;
}

/** What is known of requests that say the same. */
export interface FingerprintGroup extends Linked<FingerprintGroup> {
  readonly fingerprint: string;
  /** Several of its calls were open at the same time. */
  hadConcurrentCalls: boolean;
  /** A request was given to a call by mere likelihood, although it counts its retries. */
  hasGuesses: boolean;
  /** One of them was answered by a success, whole. */
  answered: boolean;
  /** The call that the declaration gives these requests to; undefined before the first, and where nothing is declared. */
  declared: OpenCall | undefined;
  /** The requests showed that the declaration does not hold for them: they are recognised without it. */
  contradicted: boolean;
  /** Calls that a later request may be recognised as a retry of, oldest first. Most often there are none. */
  calls: OpenCall[];
  /** Those of them that failed, and that no retry has followed. */
  failed: OpenCall[];
  /** Requests seen so far that do not count their retries. */
  uncounted: number;
  /** Those that count them, and are first tries. */
  first: number;
  /** The others, by their count. */
  counted: Map<number, number> | undefined;
}

export function emptyGroup(fingerprint: string): FingerprintGroup {
  return {
    fingerprint,
    hadConcurrentCalls: false,
    hasGuesses: false,
    answered: false,
    declared: undefined,
    contradicted: false,
    calls: NONE,
    failed: NONE,
    uncounted: 0,
    first: 0,
    counted: undefined,
    older: undefined,
    newer: undefined,
  };
}

/** Adds a call that later requests may be retries of. Returns the one that made room, if one had to. */
export function addFindable(group: FingerprintGroup, call: OpenCall): OpenCall | undefined {
  call.findable = true;
  if (group.calls === NONE) {
    group.calls = [call];
    return undefined;
  }
  group.calls.push(call);
  group.hadConcurrentCalls = true;
  const [oldest] = group.calls;
  if (group.calls.length <= MAX_CALLS || oldest === undefined) return undefined;
  removeFindable(group, oldest);
  return oldest;
}

/** No later request is a retry of the call. */
export function removeFindable(group: FingerprintGroup, call: OpenCall): void {
  if (!call.findable) return;
  call.findable = false;
  group.calls = without(group.calls, call);
  if (call.failure !== undefined) group.failed = without(group.failed, call);
}

/** Notes how the last answer of a call failed, or that its retry has come. */
export function noteFailure(call: OpenCall, failure: OpenCall['failure']): void {
  const { group } = call;
  const had = call.failure !== undefined;
  call.failure = failure;
  if (!call.findable || had === (failure !== undefined)) return;
  if (had) group.failed = without(group.failed, call);
  else if (group.failed === NONE) group.failed = [call];
  else group.failed.push(call);
}

/** The ordinal of a request among those of the same count. */
export function nextOrdinal(group: FingerprintGroup, retryCount: number | undefined): number {
  if (retryCount === undefined) {
    group.uncounted += 1;
    return group.uncounted;
  }
  if (retryCount === 0) {
    group.first += 1;
    return group.first;
  }
  group.counted ??= new Map();
  const count = Math.min(retryCount, MAX_COUNT);
  const ordinal = (group.counted.get(count) ?? 0) + 1;
  group.counted.set(count, ordinal);
  return ordinal;
}

/** In place of every empty list: a hundred thousand are. Nothing is ever added to it. */
const NONE: OpenCall[] = [];

function without(calls: OpenCall[], call: OpenCall): OpenCall[] {
  // What ends has come lately more often than not.
  const place = calls.lastIndexOf(call);
  if (calls.length === 1 && place === 0) return NONE;
  if (place >= 0) calls.splice(place, 1);
  return calls;
}
