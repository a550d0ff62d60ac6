import { failureKnownAt } from '../../journal/calls.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import { failureOf } from './failure.ts';

/** A client may notice a cut connection, and come back, before the end of it was noted here. */
const CUT_MS = 5;

/** Whether the answer was a success. */
export function hasSucceeded(entry: JournalEntry): boolean {
  return failureOf(entry) === undefined;
}

/** From when on another request may be the next attempt of the call; null where none can be. */
export function mayGoOnFrom(entry: JournalEntry): number | null {
  const failure = failureOf(entry);
  if (failure === undefined || failure === 'pending') return null;
  // A client may send a request anew before it leaves the first.
  if (entry.closedBy === 'client') return entry.t_headers;
  const knownAt = failureKnownAt(entry);
  return knownAt === null ? null : knownAt - (entry.closedBy === 'server' ? CUT_MS : 0);
}

/**
 * The least number of calls that requests which say the same can be dealt out to: each success ends one, and what is under way at
 * the same time belongs to several, unless the client left it. The entries are in the order of their arrival.
 */
export function leastCalls(entries: readonly JournalEntry[]): number {
  let open: number[] = [];
  let calls = 0;
  for (const entry of entries) {
    const free = open.findIndex((from) => from <= entry.t_headers);
    if (free < 0) calls += 1;
    else open = open.toSpliced(free, 1);
    const from = mayGoOnFrom(entry);
    if (from !== null) open.push(from);
  }
  return calls;
}
