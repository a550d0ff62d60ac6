import type { Steps } from '../../at-once.ts';
import { firstFrom } from '../../collections/first-from.ts';
import { foundInGroups } from '../../collections/found-in-groups.ts';
import { groupByInSteps } from '../../collections/group-by-in-steps.ts';
import { failureKnownAt } from '../../journal/calls.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import { perObjectInSteps } from '../../memo/per-object-in-steps.ts';
import type { CallHistory } from './call-history.ts';
import { hasFailed } from './has-failed.ts';
import { isUnnamed } from './is-unnamed.ts';
import { nextOther } from './next-other.ts';

/** Within this time after a failure the same question elsewhere may be its retry. */
const SOON_MS = 60_000;

/**
 * Calls without a name that failed, and that may have gone on as calls of their own: the same body came with another key. Each
 * goes on at most once.
 */
export const failoversToKeys = perObjectInSteps(
  (calls: readonly CallHistory[]): Steps<ReadonlySet<CallHistory>> =>
    followedIn(calls, {
      partOf: ({ bodySha256 }) => bodySha256,
      sameOf: ({ method, path, bodySha256 }) => `${method} ${path} ${bodySha256}`,
      targetOf: ({ authorizationHash }) => authorizationHash,
    }),
);

/** As `failoversToKeys`: the same was asked of another model, by what could not be taken for an attempt of the call as it came. */
export const failoversToModels = perObjectInSteps(
  (calls: readonly CallHistory[]): Steps<ReadonlySet<CallHistory>> =>
    followedIn(calls, {
      partOf: ({ question }) => question,
      sameOf: ({ question, authorizationHash }) => (question === null ? undefined : `${question} ${authorizationHash}`),
      targetOf: ({ model }) => model,
    }),
);

interface Following {
  /** What two of the calls have in common at least. Cheaper than `sameOf`. */
  partOf(entry: JournalEntry): string | null;
  /** What they have in common. Undefined where it is not known. */
  sameOf(entry: JournalEntry): string | undefined;
  /** What they differ in. */
  targetOf(entry: JournalEntry): string | null;
}

/** The calls with something that one that failed has, too: few have, and to compare all that is the same takes longer. */
function sharedWithFailed(calls: readonly CallHistory[], partOf: (entry: JournalEntry) => string | null): CallHistory[] {
  const partOfCall = ({ tries: [first] }: CallHistory) => (first === undefined ? null : partOf(first.entry));
  const failed = new Set(calls.filter(hasFailed).map(partOfCall));
  failed.delete(null);
  return failed.size === 0 ? [] : calls.filter((call) => failed.has(partOfCall(call)));
}

function* followedIn(calls: readonly CallHistory[], { partOf, sameOf, targetOf }: Following): Steps<Set<CallHistory>> {
  const unnamed = calls.filter(isUnnamed);
  const first = unnamed[0]?.tries[0];
  // Most clients ask one target: to look for the same elsewhere takes longer.
  if (first === undefined || unnamed.every(({ tries: [own] }) => own && targetOf(own.entry) === targetOf(first.entry)))
    return new Set();
  yield;
  const known = sharedWithFailed(unnamed, partOf);
  yield;
  const alike = yield* groupByInSteps(known, ({ tries: [first] }) => first && sameOf(first.entry));
  alike.delete(undefined);
  const targetsOf = (group: readonly CallHistory[]) => group.map(({ tries: [first] }) => first && targetOf(first.entry));
  const several = [...alike.values()].filter((group) => new Set(targetsOf(group)).size > 1);
  yield;
  return new Set(yield* foundInGroups(several, (group) => followedAmong(group, targetOf)));
}

/** Those of the calls that went on elsewhere: each with the next call that goes to another target, and that none before it took. */
function followedAmong(group: readonly CallHistory[], targetOf: (entry: JournalEntry) => string | null): CallHistory[] {
  const sorted = group.toSorted((a, b) => startOf(a) - startOf(b));
  const starts = sorted.map(startOf);
  const targets = sorted.map(({ tries: [first] }) => (first === undefined ? null : targetOf(first.entry)));
  const elsewhere = nextOther(targets);
  const untaken = new Untaken(sorted.length);
  return sorted.filter((call) => {
    const last = call.tries.at(-1);
    const from = last?.failure === undefined ? null : failureKnownAt(last.entry);
    if (last === undefined || from === null) return false;
    const target = targetOf(last.entry);
    let at = untaken.from(firstFrom(starts, from));
    while (at < starts.length && targets[at] === target) at = untaken.from(elsewhere[at] ?? starts.length);
    if ((starts[at] ?? Number.POSITIVE_INFINITY) >= from + SOON_MS) return false;
    untaken.take(at);
    return true;
  });
}

/** Places of a list that can be taken, each once. */
class Untaken {
  /** A place that is untaken, or one behind that leads to it. */
  readonly #next: number[];

  constructor(size: number) {
    this.#next = Array.from({ length: size + 1 }, (_, at) => at);
  }

  /** The first untaken place from this one on; the size of the list where there is none. */
  from(place: number): number {
    let found = place;
    while (this.#next[found] !== found) found = this.#next[found] ?? found;
    for (let at = place; at !== found; ) {
      const next = this.#next[at] ?? found;
      this.#next[at] = found;
      at = next;
    }
    return found;
  }

  take(place: number): void {
    this.#next[place] = place + 1;
  }
}

function startOf({ tries }: CallHistory): number {
  return tries[0]?.entry.t_headers ?? 0;
}
