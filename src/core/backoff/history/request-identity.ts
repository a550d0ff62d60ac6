import { groupBy } from '../../collections/group-by.ts';
import type { JournalEntry } from '../../journal/entry.ts';

/** What a request says, and who says it. */
export function requestIdentity({ bodySha256, method, path, authorizationHash }: JournalEntry): string {
  return `${bodySha256} ${method} ${path} ${authorizationHash}`;
}

/** The items by what their requests say. Most bodies come once: the whole identity is made for the others only. */
export function groupByIdentity<Item>(items: readonly Item[], entryOf: (item: Item) => JournalEntry | undefined): Item[][] {
  const identityOf = (item: Item) => {
    const entry = entryOf(item);
    return entry === undefined ? '' : requestIdentity(entry);
  };
  const byBody = groupBy(items, (item) => entryOf(item)?.bodySha256);
  return [...byBody.values()].flatMap((same) => (same.length === 1 ? [same] : [...groupBy(same, identityOf).values()]));
}
