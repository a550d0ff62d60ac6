import type { Steps } from '../../at-once.ts';
import { foundInGroups } from '../../collections/found-in-groups.ts';
import { groupsOfSeveral } from '../../collections/groups-of-several.ts';
import { isNamed } from '../../correlation/call-name.ts';
import type { Evidence } from '../../correlation/correlation.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import type { CallHistory, Try } from './call-history.ts';
import { earlyAfter } from './early-after.ts';
import { hasSameBody } from './has-same-body.ts';
import { mayBeRetried } from './invites-retry.ts';
import { isReplay } from './is-replay.ts';
import { leastCalls } from './least-calls.ts';
import { groupByIdentity, groupsOfEqual, requestIdentity } from './request-identity.ts';
import { retryCountOf } from './retry-count-of.ts';
import { rewordedRetries } from './reworded-retries.ts';
import { isSplitByHints } from './split-by-hints.ts';
import { markedAnew, unreliablyMarked } from './unreliable-markers.ts';

/** What a program sends side by side arrives within this time. */
const BESIDE_MS = 250;
/** The retry of a client that waits comes within this share of the wait after it. */
const SOON_SHARE = 0.1;
const HEADERS: ReadonlySet<Evidence> = new Set(['client-request-id', 'idempotency-key']);
const NAMED: ReadonlySet<Evidence> = new Set(['path', ...HEADERS]);

/**
 * The histories, those `ambiguous` of which the whole run says that they may be several calls, or parts of others (backoff.md
 * 2.3). Of calls without a mark of their own that say the same at the same time, which sent a retry is a guess, also where it was
 * taken for the retry of the only one that had come until then. The same goes for marks that may be vain.
 */
export function* markAmbiguous(histories: readonly CallHistory[], entries: readonly JournalEntry[]): Steps<CallHistory[]> {
  yield* markedAnew.inSteps(entries);
  yield;
  const vain = new Set(unreliablyMarked(entries).flat());
  yield;
  const shared = new Set(
    groupsOfSeveral(entries, ({ logicalId }) => logicalId)
      .filter(isShared)
      .map(([entry]) => entry?.logicalId),
  );
  yield;
  const sayings = sayingsByConnection(entries);
  yield;
  // One alone has none that it could overlap with.
  const alike = yield* groupsOfEqual(histories.filter(isUnmarked), firstEntry);
  yield;
  const overlapping = yield* foundInGroups(alike, overlappingOf);
  const patient = yield* patientAmong(histories.filter(({ method }) => method !== 'path'));
  const reworded = yield* rewordedRetries(histories.filter(({ method }) => !NAMED.has(method)));
  const interleaved = histories.filter((history) => isUnmarked(history) && isInterleaved(history, sayings));
  yield;
  const doubted = new Set([
    ...overlapping,
    ...patient,
    ...reworded,
    ...interleaved,
    ...(vain.size === 0 ? [] : histories.filter(({ tries }) => tries.some(({ entry }) => vain.has(entry)))),
    ...histories.filter((history) => shared.has(history.id) || saysManyThings(history)),
  ]);
  yield;
  const marked = histories.map((history) => (doubted.has(history) ? doubtful(history) : weakened(history)));
  yield;
  const known = markCompetingCalls(marked);
  yield;
  const linked = known.filter((history) => hasLikelyLink(history) && isRecognisedByBody(history));
  if (linked.length === 0) return known;
  const saidByLinked = new Set(linked.map(bodyOf));
  const rivals = known.filter((history) => saidByLinked.has(bodyOf(history)) && isRecognisedByBody(history));
  yield;
  const inDoubt = new Set(yield* foundInGroups(groupByIdentity(rivals, firstEntry), besideOthers));
  return known.map((history) => (inDoubt.has(history) ? { ...history, inDoubt: true } : history));
}

/** Nothing but what it says tells whose it is. */
function isUnmarked({ method, tries }: CallHistory): boolean {
  return !NAMED.has(method) && tries[0]?.retryCount === undefined;
}

/** A retry count that starts anew under a name is that of a layer above, or of another call under the name. */
function weakened(history: CallHistory): CallHistory {
  const { method, certainty, tries } = history;
  if (certainty !== 'exact' || !HEADERS.has(method)) return history;
  const startsAnew = tries.some(({ retryCount }, at) => (retryCount ?? 0) < (tries[at - 1]?.retryCount ?? 0));
  return startsAnew ? { ...history, certainty: 'likely' } : history;
}

function firstEntry({ tries }: CallHistory): JournalEntry | undefined {
  return tries[0]?.entry;
}

function bodyOf(history: CallHistory): string | undefined {
  return firstEntry(history)?.bodySha256;
}

function isRecognisedByBody({ id }: CallHistory): boolean {
  return !isNamed(id);
}

/**
 * Calls with a link that is likely at best, of which the whole run shows that they are not the only one that says the same: the
 * requests are those of two calls at least, or one that seems to open a call came just when a wait was over that an early retry
 * had been told.
 */
function besideOthers(same: readonly CallHistory[]): readonly CallHistory[] {
  const linked = same.filter(hasLikelyLink);
  if (linked.length === 0) return linked;
  const entries = same.flatMap(({ tries }) => tries.map(({ entry }) => entry)).sort((a, b) => a.t_headers - b.t_headers);
  if (leastCalls(entries) > 1) return linked;
  const openings = same.flatMap(({ tries: [first] }) => (first === undefined ? [] : [first.entry.t_headers]));
  return linked.filter(({ gaps }) =>
    gaps.some(({ before, after }) => earlyAfter(before, after) > 0 && openings.some((at) => isPromptAfter(before, at))),
  );
}

function hasLikelyLink({ certainty, gaps }: CallHistory): boolean {
  return certainty === 'likely' && gaps.length > 0;
}

function isPromptAfter({ asked }: Try, at: number): boolean {
  const { dueAt = null, waitMs = 0 } = asked ?? {};
  return dueAt !== null && at >= dueAt && at <= dueAt + Math.max(BESIDE_MS, SOON_SHARE * (waitMs ?? 0));
}

/** What each connection said; null where it said more than one thing. */
function sayingsByConnection(entries: readonly JournalEntry[]): ReadonlyMap<number, string | null> {
  const sayings = new Map<number, string | null>();
  for (const entry of entries) {
    const known = sayings.get(entry.connId);
    if (known === null) continue;
    const saying = requestIdentity(entry);
    sayings.set(entry.connId, known === undefined || known === saying ? saying : null);
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

/** Calls with an early retry, where all that says the same may come from clients that wait as they are told. */
function* patientAmong(histories: readonly CallHistory[]): Steps<CallHistory[]> {
  const saidEarly = new Set(histories.filter(hasEarlyRetry).map(bodyOf));
  if (saidEarly.size === 0) return [];
  const alike = groupByIdentity(
    histories.filter((history) => saidEarly.has(bodyOf(history))),
    firstEntry,
  );
  yield;
  return yield* foundInGroups(alike, patientOf);
}

function hasEarlyRetry({ gaps }: CallHistory): boolean {
  return gaps.some(({ before, after }) => earlyAfter(before, after) > 0);
}

/** See `patientAmong`, for calls that say the same. */
function patientOf(same: readonly CallHistory[]): readonly CallHistory[] {
  const early = same.filter(hasEarlyRetry);
  if (early.length === 0) return early;
  const tries = same.flatMap((history) => history.tries).sort((a, b) => a.entry.t_headers - b.entry.t_headers);
  const gapsMs = early.flatMap(({ gaps }) => gaps.map(({ gapMs }) => gapMs));
  return isSplitByHints(tries, gapsMs) ? early : [];
}

/** The name of a call is that of several: its requests are those of two at least, or two of them are the same retry by their counts. */
function isShared(group: readonly JournalEntry[]): boolean {
  const named = group.filter(({ logicalIdFrom }) => HEADERS.has(logicalIdFrom));
  return leastCalls(named) > 1 || group.some((entry, at) => isSameRetry(group[at - 1], entry));
}

function isSameRetry(before: JournalEntry | undefined, entry: JournalEntry): boolean {
  const count = retryCountOf(entry) ?? 0;
  if (before === undefined || !HEADERS.has(entry.logicalIdFrom) || count === 0) return false;
  return count === retryCountOf(before) && !isReplay(before, entry);
}

/** The name of a call is that of several, or what it asks changes: after a failure that invites a retry it asks something else. */
function saysManyThings({ method, tries }: CallHistory): boolean {
  return (
    HEADERS.has(method) &&
    tries.some(({ entry }, at) => {
      const before = tries[at - 1]?.entry;
      return before !== undefined && mayBeRetried(before) && !hasSameBody(before, entry) && !asksTheSame(before, entry);
    })
  );
}

/** What was said before may have grown by what a broken answer had delivered. */
function asksTheSame(before: JournalEntry, entry: JournalEntry): boolean {
  return before.question !== null && before.question === entry.question;
}

function doubtful(history: CallHistory): CallHistory {
  return { ...history, certainty: 'ambiguous' };
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
    if (isEarly(history) && Math.min(before, after) < BESIDE_MS) found.add(history);
    if (longest === undefined || endOf(history) > endOf(longest)) longest = history;
  }
  return [...found];
}

/** A retry came at once, on a connection of its own: so do calls that a program makes side by side, and that we answer in turn. */
function isEarly({ gaps }: CallHistory): boolean {
  return gaps.some(({ gapMs, after }) => gapMs < BESIDE_MS && after.entry.connReqSeq === 1);
}

/**
 * A retry that several calls may have sent was given to one of them: those that wait for theirs are as uncertain.
 */
function markCompetingCalls(histories: readonly CallHistory[]): CallHistory[] {
  const doubted = new Map<string, number>();
  for (const { certainty, tries } of histories) {
    const last = tries.at(-1)?.entry;
    if (certainty === 'ambiguous' && last !== undefined) {
      doubted.set(requestIdentity(last), Math.max(last.seq, doubted.get(requestIdentity(last)) ?? 0));
    }
  }
  if (doubted.size === 0) return [...histories];
  return histories.map((history) => {
    const last = history.tries.at(-1);
    const isRival =
      last?.failure !== undefined &&
      last.entry.seq < (doubted.get(requestIdentity(last.entry)) ?? 0) &&
      !NAMED.has(history.method);
    return isRival ? doubtful(history) : history;
  });
}
