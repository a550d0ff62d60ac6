import { atOnce, type Steps } from '../../at-once.ts';
import { groupByInSteps } from '../../collections/group-by-in-steps.ts';
import type { DeclaredCalls } from '../../correlation/declared-calls.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import { perObject } from '../../memo/per-object.ts';
import { markAmbiguous } from './ambiguity.ts';
import type { CallHistory } from './call-history.ts';
import { type DeclaredHistories, declaredHistories } from './declared-histories.ts';
import { episodesOf, historyOf } from './history-of.ts';
import { rewordedRetries } from './reworded-retries.ts';
import { unreliablyMarked } from './unreliable-markers.ts';

/**
 * Journal entries → the histories of their calls, in the order of their first tries. What follows a success, or goes on
 * with another model, is a logical request of its own. `calls` is what the program says of them.
 */
export function historiesOf(entries: readonly JournalEntry[], calls?: DeclaredCalls): readonly CallHistory[] {
  return recognisedCalls(entries, calls).histories;
}

/** The histories, and what the declaration, where there is one, leaves open or is wrong in. */
function recognisedCalls(entries: readonly JournalEntry[], calls?: DeclaredCalls): DeclaredHistories {
  return atOnce(recogniseCalls(entries, calls));
}

/** See `recognisedCalls`. */
export function* recogniseCalls(entries: readonly JournalEntry[], calls?: DeclaredCalls): Steps<DeclaredHistories> {
  const read = judgedOf(entries);
  yield;
  if (calls === undefined) {
    const histories = inOrder(yield* undeclaredHistories(read));
    return { histories, dealings: [], contradiction: undefined };
  }
  const isDeclared = ({ method, logicalIdFrom }: JournalEntry) => method === 'POST' && logicalIdFrom !== 'path';
  const declared = read.filter(isDeclared).sort((a, b) => a.t_headers - b.t_headers || a.seq - b.seq);
  const others = read.filter((entry) => !isDeclared(entry));
  const named = new Set(others.flatMap(({ logicalId, logicalIdFrom }) => (logicalIdFrom === 'path' ? [logicalId] : []))).size;
  const found =
    declared.length === 0
      ? { histories: [], dealings: [], contradiction: undefined }
      : declaredHistories(declared, { calls, named });
  yield;
  // As many calls as bodies were counted; that none is made twice leaves open which of them ask the same.
  const doubted = new Set(calls === 'unique' ? yield* rewordedRetries(found.histories) : []);
  const histories = found.histories.map((call) => (doubted.has(call) ? { ...call, certainty: 'ambiguous' as const } : call));
  return { ...found, histories: inOrder([...(yield* undeclaredHistories(others)), ...histories]) };
}

/** Calls of one step. */
const CALLS_AT_ONCE = 1_000;

function* undeclaredHistories(read: readonly JournalEntry[]): Steps<CallHistory[]> {
  const groups = yield* groupByInSteps(read, ({ logicalId }) => logicalId);
  const histories: CallHistory[] = [];
  for (const [id, group] of groups) {
    const episodes = episodesOf(group);
    for (const [at, episode] of episodes.entries()) histories.push(historyOf(id, episode, at < episodes.length - 1));
    if (histories.length % CALLS_AT_ONCE === 0) yield;
  }
  yield;
  return yield* markAmbiguous(histories, read);
}

function inOrder(histories: readonly CallHistory[]): CallHistory[] {
  return histories.toSorted((a, b) => (a.tries[0]?.entry.seq ?? 0) - (b.tries[0]?.entry.seq ?? 0));
}

/**
 * What the attempts of marked calls may be in truth, as one call each: an accusation that rests on it is none. See `vainlyMarked`.
 */
export function suspectedHistories(entries: readonly JournalEntry[]): CallHistory[] {
  return unreliablyMarked(judgedOf(entries)).map((chain) => ({
    ...historyOf(chain[0]?.logicalId ?? '', chain, false),
    method: 'fingerprint',
    certainty: 'ambiguous',
  }));
}

const judgedOf = perObject((entries: readonly JournalEntry[]): readonly JournalEntry[] => entries.filter(isJudged));

/** What was not read to its end says nothing of the call that it belongs to, what is not served nothing of the client. */
function isJudged({ t_bodyEnd, unserved }: JournalEntry): boolean {
  return t_bodyEnd !== null && !unserved;
}
