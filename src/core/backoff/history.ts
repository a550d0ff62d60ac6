import type { Certainty, Evidence } from '../calls/sighting.ts';
import { groupBy } from '../group-by.ts';
import { failureKnownAt } from '../journal/calls.ts';
import type { JournalEntry } from '../journal/entry.ts';
import { type AskedWait, askedWait } from './asked-wait.ts';
import { type FailureKind, failureOf } from './failure.ts';
import { invitesRetry } from './invites-retry.ts';
import { retryCountOf } from './retry-count-of.ts';
import { sayingOf } from './saying-of.ts';
import { isSplitByHints } from './split-by-hints.ts';
import { vainlyMarked } from './vain-marks.ts';
// A journal names faults, and need not have been written in this process.
import '../faults/registry.ts';

/** One try of a call, as a judge sees it. */
export interface Try {
  /** 1 is the first try. */
  readonly position: number;
  readonly entry: JournalEntry;
  /** Undefined for a success. */
  readonly failure: FailureKind | undefined;
  /** What its answer asked for. */
  readonly asked: AskedWait | undefined;
  /** `x-stainless-retry-count`, where the client sends one. */
  readonly retryCount: number | undefined;
}

/** The time between the failure of one try and the arrival of the next. */
export interface Gap {
  /** 1 for the gap before the first retry. */
  readonly index: number;
  readonly before: Try;
  readonly after: Try;
  readonly gapMs: number;
}

/** One logical request: its tries up to the first success, transport replays left out. */
export interface CallHistory {
  readonly id: string;
  readonly method: Evidence;
  readonly certainty: Certainty;
  readonly tries: readonly Try[];
  readonly gaps: readonly Gap[];
  /** Tries that a network stack sent again by itself (backoff.md A2); they count as none. */
  readonly replays: readonly JournalEntry[];
  /** The tries overlap: a hedge, or several calls under one name. Gaps between such tries are left out. */
  readonly overlapping: boolean;
  /** The client gave it up for another model: a call of the same name goes on after it. */
  readonly replaced: boolean;
}

/** Whether both attempts came with the same key: limits and hints are the key's. */
export function sameKey({ before, after }: Gap): boolean {
  return before.entry.authorizationHash === after.entry.authorizationHash;
}

/** A stack that finds a pooled connection dead repeats the request at once (backoff.md A2). */
const REPLAY_MS = 5;
/** What a program sends side by side arrives within this time. */
const BESIDE_MS = 250;
const CERTAINTIES: readonly Certainty[] = ['exact', 'likely', 'ambiguous'];

/**
 * Journal entries → the histories of their calls, in the order of their first tries. What follows a success, or goes on
 * with another model, is a logical request of its own.
 */
export function historiesOf(entries: readonly JournalEntry[]): CallHistory[] {
  const groups = groupBy(entries.filter(isRead), ({ logicalId }) => logicalId);
  const histories = [...groups].flatMap(([id, group]) =>
    episodesOf(group).map((episode, at, all) => historyOf(id, episode, at < all.length - 1)),
  );
  const shared = new Set([...groups].flatMap(([id, group]) => (isShared(group) ? [id] : [])));
  const doubted = withDoubts(histories, entries).map((history) => (shared.has(history.id) ? doubtful(history) : history));
  return withRivals(doubted).sort((a, b) => (a.tries[0]?.entry.seq ?? 0) - (b.tries[0]?.entry.seq ?? 0));
}

/**
 * What the attempts of marked calls may be in truth, as one call each: an accusation that rests on it is none. See `vainlyMarked`.
 */
export function suspectedHistories(entries: readonly JournalEntry[]): CallHistory[] {
  return vainlyMarked(entries.filter(isRead)).map((chain) => ({
    ...historyOf(chain[0]?.logicalId ?? '', chain, false),
    method: 'fingerprint',
    certainty: 'ambiguous',
  }));
}

/**
 * Calls without a mark of their own that say the same at the same time: which of them sent a retry is a guess, also where it was
 * taken for the retry of the only one that had come until then (backoff.md 2.3). The same goes for marks that may be vain.
 */
function withDoubts(histories: readonly CallHistory[], entries: readonly JournalEntry[]): readonly CallHistory[] {
  const vain = new Set(vainlyMarked(entries.filter(isRead)).flat());
  const unmarked = histories.filter(({ method, tries }) => !NAMED.has(method) && tries[0]?.retryCount === undefined);
  const sayings = sayingsByConnection(entries);
  const doubted = new Set([
    ...alike(unmarked).flatMap(overlappingOf),
    ...alike(histories.filter(({ method }) => method !== 'path')).flatMap(patientOf),
    ...unmarked.filter((history) => isInterleaved(history, sayings)),
    ...histories.filter(({ tries }) => tries.some(({ entry }) => vain.has(entry))),
    ...histories.filter(saysManyThings),
  ]);
  return histories.map((history) => (doubted.has(history) ? doubtful(history) : history));
}

/** What each connection said; null where it said more than one thing. */
function sayingsByConnection(entries: readonly JournalEntry[]): ReadonlyMap<number, string | null> {
  const sayings = new Map<number, string | null>();
  for (const entry of entries) {
    const known = sayings.get(entry.connId);
    const saying = sayingOf(entry);
    if (known !== null) sayings.set(entry.connId, known === undefined || known === saying ? saying : null);
  }
  return sayings;
}

/**
 * The tries come on several connections by turns, each of which says nothing else: so do several clients, each with a
 * connection of its own. One client that opens another connection stays with that.
 */
function isInterleaved({ tries }: CallHistory, sayings: ReadonlyMap<number, string | null>): boolean {
  const left = new Set<number>();
  let current: number | undefined;
  for (const { entry } of tries) {
    if (sayings.get(entry.connId) === null) return false;
    if (entry.connId === current) continue;
    if (left.has(entry.connId)) return true;
    if (current !== undefined) left.add(current);
    current = entry.connId;
  }
  return false;
}

/** Calls by what they say. */
function alike(histories: readonly CallHistory[]): CallHistory[][] {
  return [...groupBy(histories, ({ tries }) => (tries[0] === undefined ? '' : sayingOf(tries[0].entry))).values()];
}

/** Calls of which a retry came early, where all that says the same may come from clients that wait as they are told. */
function patientOf(same: readonly CallHistory[]): readonly CallHistory[] {
  const early = same.filter(({ gaps }) => gaps.some(({ before, after }) => (before.asked?.dueAt ?? 0) > after.entry.t_headers));
  if (early.length === 0) return early;
  const tries = same.flatMap((history) => history.tries).sort((a, b) => a.entry.t_headers - b.entry.t_headers);
  return isSplitByHints(
    tries,
    early.flatMap(({ gaps }) => gaps.map(({ gapMs }) => gapMs)),
  )
    ? early
    : [];
}

/** The name of a call is that of several: two of its requests are the same retry by their counts. */
function isShared(group: readonly JournalEntry[]): boolean {
  return group.some((entry, at) => {
    const before = group[at - 1];
    const count = retryCountOf(entry) ?? 0;
    return (
      before !== undefined &&
      HEADERS.has(entry.logicalIdFrom) &&
      count > 0 &&
      count === retryCountOf(before) &&
      !isReplay(before, entry)
    );
  });
}

/** The name of a call is that of several, or its body changes: after a failure that invites a retry it says something else. */
function saysManyThings({ method, tries }: CallHistory): boolean {
  return (
    HEADERS.has(method) &&
    tries.some(({ entry }, at) => {
      const before = tries[at - 1]?.entry;
      return before !== undefined && invitesRetry(before) && !saysTheSame(before, entry);
    })
  );
}

function doubtful(history: CallHistory): CallHistory {
  return { ...history, certainty: 'ambiguous' };
}

function saysTheSame(a: JournalEntry, b: JournalEntry): boolean {
  return a.bodySha256 === b.bodySha256 || (a.bodyShaCanonical !== null && a.bodyShaCanonical === b.bodyShaCanonical);
}

/** Those that were open while another was, or about that time when a retry of theirs may as well be a call beside it. */
function overlappingOf(histories: readonly CallHistory[]): CallHistory[] {
  const startOf = ({ tries }: CallHistory) => tries[0]?.entry.t_headers ?? 0;
  const endOf = ({ tries }: CallHistory) => tries.at(-1)?.entry.t_end ?? tries.at(-1)?.entry.t_headers ?? 0;
  const sorted = histories.toSorted((a, b) => startOf(a) - startOf(b));
  const found = new Set<CallHistory>();
  let longest: CallHistory | undefined;
  for (const [at, history] of sorted.entries()) {
    const before = longest === undefined ? Number.POSITIVE_INFINITY : startOf(history) - endOf(longest);
    const next = sorted[at + 1];
    const after = next === undefined ? Number.POSITIVE_INFINITY : startOf(next) - endOf(history);
    if (longest !== undefined && before < 0) found.add(longest).add(history);
    if (isHasty(history) && Math.min(before, after) < BESIDE_MS) found.add(history);
    if (longest === undefined || endOf(history) > endOf(longest)) longest = history;
  }
  return [...found];
}

/** A retry came at once, on a connection of its own: so do calls that a program makes side by side, and that we answer in turn. */
function isHasty({ gaps }: CallHistory): boolean {
  return gaps.some(({ gapMs, after }) => gapMs < BESIDE_MS && after.entry.connReqSeq === 1);
}

/**
 * A retry that several calls may have sent was given to one of them: those that wait for theirs are as uncertain.
 */
function withRivals(histories: readonly CallHistory[]): CallHistory[] {
  const doubted = new Map<string, number>();
  for (const { certainty, tries } of histories) {
    const last = tries.at(-1)?.entry;
    if (certainty === 'ambiguous' && last !== undefined) {
      doubted.set(sayingOf(last), Math.max(last.seq, doubted.get(sayingOf(last)) ?? 0));
    }
  }
  if (doubted.size === 0) return [...histories];
  return histories.map((history) => {
    const last = history.tries.at(-1);
    const isRival =
      last?.failure !== undefined && last.entry.seq < (doubted.get(sayingOf(last.entry)) ?? 0) && !NAMED.has(history.method);
    return isRival ? { ...history, certainty: 'ambiguous' as const } : history;
  });
}

const HEADERS: ReadonlySet<Evidence> = new Set(['client-request-id', 'idempotency-key']);
const NAMED: ReadonlySet<Evidence> = new Set(['path', ...HEADERS]);

/** What was not read to its end says nothing of the call that it belongs to. */
function isRead({ t_bodyEnd }: JournalEntry): boolean {
  return t_bodyEnd !== null;
}

function episodesOf(group: readonly JournalEntry[]): JournalEntry[][] {
  const episodes: JournalEntry[][] = [];
  let current: JournalEntry[] = [];
  for (const entry of [...group].sort((a, b) => a.t_headers - b.t_headers || a.seq - b.seq)) {
    const previous = current.at(-1);
    const answered = previous !== undefined && previous.t_end !== null && previous.t_end <= entry.t_headers;
    const over = answered && (failureOf(previous) === undefined || previous.model !== entry.model);
    if (over || current.length === 0) episodes.push((current = []));
    current.push(entry);
  }
  return episodes;
}

/** The history of one call. `followed` when another of the same name comes after it. */
export function historyOf(id: string, entries: readonly JournalEntry[], followed: boolean): CallHistory {
  const replays: JournalEntry[] = [];
  const tries: Try[] = [];
  for (const entry of entries) {
    const previous = tries.at(-1)?.entry;
    if (previous !== undefined && isReplay(previous, entry)) {
      replays.push(entry);
      // The answer to the replay is the answer to the try.
      tries[tries.length - 1] = { ...tryOf(entry, tries.length) };
    } else tries.push(tryOf(entry, tries.length + 1));
  }
  const gaps = tries.slice(1).flatMap((after, at) => gapBetween(tries[at], after, at + 1));
  const weakest = entries.reduce((worst, { certainty }) => Math.max(worst, CERTAINTIES.indexOf(certainty)), 0);
  const method = entries.find(({ logicalIdFrom }) => logicalIdFrom !== 'first')?.logicalIdFrom ?? 'first';
  return {
    id,
    method,
    certainty: CERTAINTIES[weakest] ?? 'ambiguous',
    tries,
    gaps,
    replays,
    overlapping: gaps.length < tries.length - 1,
    replaced: followed && tries.at(-1)?.failure !== undefined,
  };
}

function tryOf(entry: JournalEntry, position: number): Try {
  return {
    position,
    entry,
    failure: failureOf(entry),
    asked: askedWait(entry),
    retryCount: retryCountOf(entry),
  };
}

function gapBetween(before: Try | undefined, after: Try, index: number): Gap[] {
  const from = before === undefined ? null : failureKnownAt(before.entry);
  if (before === undefined || from === null || from > after.entry.t_headers) return [];
  return [{ index, before, after, gapMs: after.entry.t_headers - from }];
}

/** A pooled connection that had served before died without a byte, and the same request came at once on a new one. */
function isReplay(previous: JournalEntry, entry: JournalEntry): boolean {
  const from = failureKnownAt(previous);
  return (
    from !== null &&
    previous.closedBy === 'server' &&
    previous.t_firstByteBefore === null &&
    previous.connReqSeq > 1 &&
    entry.connId !== previous.connId &&
    entry.bodySha256 === previous.bodySha256 &&
    entry.headers['x-stainless-retry-count'] === previous.headers['x-stainless-retry-count'] &&
    entry.t_headers - from < REPLAY_MS
  );
}
