import { weakestOf } from '../../correlation/certainty.ts';
import { failureKnownAt } from '../../journal/calls.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import type { CallHistory, Gap, Try } from './call-history.ts';
import { failureOf } from './failure.ts';
import { isNotProcessed } from './is-not-processed.ts';
import { isReplay } from './is-replay.ts';
import { retryCountOf } from './retry-count-of.ts';
import { retryHint } from './retry-hint.ts';
import { sameTarget } from './same-target.ts';

/** The requests of one name as calls: what follows a success, or asks something else of another model, is another. */
export function episodesOf(group: readonly JournalEntry[]): readonly (readonly JournalEntry[])[] {
  if (group.length === 1) return [group];
  const episodes: JournalEntry[][] = [];
  let current: JournalEntry[] = [];
  for (const entry of [...group].sort((a, b) => a.t_headers - b.t_headers || a.seq - b.seq)) {
    const previous = current.at(-1);
    const answered = previous !== undefined && previous.t_end !== null && previous.t_end <= entry.t_headers;
    const over = answered && (failureOf(previous) === undefined || isOther(previous, entry));
    if (over || current.length === 0) episodes.push((current = []));
    current.push(entry);
  }
  return episodes;
}

/** Under one name several things may be asked of several models. */
function isOther(before: JournalEntry, after: JournalEntry): boolean {
  return before.model !== after.model && (after.question === null || before.question !== after.question);
}

/** The history of one call. `followed` when another of the same name comes after it. */
export function historyOf(id: string, entries: readonly JournalEntry[], followed: boolean): CallHistory {
  const [only] = entries;
  if (only !== undefined && entries.length === 1) return historyOfOne(id, only, followed);
  const replays: JournalEntry[] = [];
  const tries: Try[] = [];
  let repeatedUnprocessed = false;
  for (const entry of entries) {
    const previous = tries.at(-1)?.entry;
    // A stack repeats at once what was not processed no more than once: what goes on is a loop.
    const isUnprocessed = previous !== undefined && isNotProcessed(previous);
    if (previous !== undefined && !(isUnprocessed && repeatedUnprocessed) && isReplay(previous, entry)) {
      repeatedUnprocessed ||= isUnprocessed;
      replays.push(entry);
      // The answer to the replay is the answer to the try.
      tries[tries.length - 1] = { ...tryOf(entry, tries.length) };
    } else tries.push(tryOf(entry, tries.length + 1));
  }
  const all = tries.slice(1).flatMap((after, at) => gapBetween(tries[at], after, at + 1));
  const method = entries.find(({ logicalIdFrom }) => logicalIdFrom !== 'first')?.logicalIdFrom ?? 'first';
  return {
    id,
    method,
    certainty: weakestOf(entries) ?? 'exact',
    tries,
    gaps: all.filter(({ before, after }) => sameTarget(before.entry, after.entry)),
    failovers: all.filter(({ before, after }) => !sameTarget(before.entry, after.entry)),
    replays,
    overlapping: all.length < tries.length - 1,
    replaced: followed && tries.at(-1)?.failure !== undefined,
  };
}

/** Most calls succeed at once. */
function historyOfOne(id: string, entry: JournalEntry, followed: boolean): CallHistory {
  const attempt = tryOf(entry, 1);
  return {
    id,
    method: entry.logicalIdFrom,
    certainty: entry.certainty,
    tries: [attempt],
    gaps: NONE,
    failovers: NONE,
    replays: NONE,
    overlapping: false,
    replaced: followed && attempt.failure !== undefined,
  };
}

const NONE: readonly never[] = [];

function tryOf(entry: JournalEntry, position: number): Try {
  return {
    position,
    entry,
    failure: failureOf(entry),
    asked: retryHint(entry),
    retryCount: retryCountOf(entry),
  };
}

/** The gap between two tries of a call, in a list of its own: empty where the second came before the first had failed. */
export function gapBetween(before: Try | undefined, after: Try, index: number): Gap[] {
  const from = before === undefined ? null : failureKnownAt(before.entry);
  if (before === undefined || from === null || from > after.entry.t_headers) return [];
  return [{ index, before, after, gapMs: after.entry.t_headers - from }];
}
