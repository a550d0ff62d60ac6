import type { Certainty, Evidence } from '../calls/sighting.ts';
import { groupBy } from '../group-by.ts';
import { failureKnownAt } from '../journal/calls.ts';
import type { JournalEntry } from '../journal/entry.ts';
import { type AskedWait, askedWait } from './asked-wait.ts';
import { type FailureKind, failureOf } from './failure.ts';

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
}

/** A stack that finds a pooled connection dead repeats the request at once (backoff.md A2). */
const REPLAY_MS = 5;
const CERTAINTIES: readonly Certainty[] = ['exact', 'likely', 'ambiguous'];

/**
 * Journal entries → the histories of their calls, in the order of their first tries. What follows a success, or goes on
 * with another model, is a logical request of its own.
 */
export function historiesOf(entries: readonly JournalEntry[]): CallHistory[] {
  const groups = groupBy(entries.filter(isRead), ({ logicalId }) => logicalId);
  const histories = [...groups].flatMap(([id, group]) => episodesOf(group).map((episode) => historyOf(id, episode)));
  return withRivals(histories).sort((a, b) => (a.tries[0]?.entry.seq ?? 0) - (b.tries[0]?.entry.seq ?? 0));
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

const NAMED: ReadonlySet<Evidence> = new Set(['path', 'client-request-id', 'idempotency-key']);

/** What a request says, and who says it. */
export function sayingOf({ bodySha256, method, path, authorizationHash }: JournalEntry): string {
  return `${bodySha256} ${method} ${path} ${authorizationHash}`;
}

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

function historyOf(id: string, entries: readonly JournalEntry[]): CallHistory {
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
  };
}

function tryOf(entry: JournalEntry, position: number): Try {
  const count = entry.headers['x-stainless-retry-count'];
  return {
    position,
    entry,
    failure: failureOf(entry),
    asked: askedWait(entry),
    retryCount: count !== undefined && /^\d{1,6}$/.test(count) ? Number(count) : undefined,
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
