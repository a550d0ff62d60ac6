import { firstAfter } from '../../collections/first-after.ts';
import { groupBy } from '../../collections/group-by.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import { perObject } from '../../memo/per-object.ts';
import { nextOther } from './next-other.ts';
import { readRequests } from './read-requests.ts';
import { targetOf } from './target.ts';

/** What was asked of one target, in the order in which it came. */
export interface AskedTarget {
  readonly entries: readonly JournalEntry[];
  /** When each of them came. */
  readonly times: readonly number[];
}

/** What was asked of each target. Requests that were not read to their end are left out. */
export interface AskedTargets {
  readonly targets: readonly AskedTarget[];
  /** Whether another target than that of the entry was asked after one time and before another. */
  asksOthers(entry: JournalEntry, after: number, before: number): boolean;
}

/** Several rules ask it of the same entries. */
export const askedTargets = perObject((entries: readonly JournalEntry[]): AskedTargets => {
  const { entries: read, times } = readRequests(entries);
  const targets = read.map(targetOf);
  const groups = groupBy(read.keys(), (at) => targets[at]);
  const others = nextOther(targets);
  return {
    targets: [...groups.values()].map((places) => {
      const asked = places.map((at) => read[at] as JournalEntry);
      return { entries: asked, times: asked.map(startOf) };
    }),
    asksOthers: (entry, after, before) => {
      if (groups.size === 1) return false;
      const first = firstAfter(times, after);
      const place = targets[first] === targetOf(entry) ? (others[first] ?? times.length) : first;
      return (times[place] ?? Number.POSITIVE_INFINITY) < before;
    },
  };
});

function startOf({ t_headers: at }: JournalEntry): number {
  return at;
}
