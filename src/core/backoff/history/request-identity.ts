import type { Steps } from '../../at-once.ts';
import { foundInGroups } from '../../collections/found-in-groups.ts';
import { groupBy } from '../../collections/group-by.ts';
import { groupsOfSeveral } from '../../collections/groups-of-several.ts';
import type { JournalEntry } from '../../journal/entry.ts';

/** What a request says, and who says it. */
export function requestIdentity({ bodySha256, method, path, authorizationHash }: JournalEntry): string {
  return `${bodySha256} ${method} ${path} ${authorizationHash}`;
}

/** The items by what their requests say. Most bodies come once: the whole identity is made for the others only. */
export function groupByIdentity<Item>(items: readonly Item[], entryOf: (item: Item) => JournalEntry | undefined): Item[][] {
  const byBody = groupBy(items, (item) => entryOf(item)?.bodySha256);
  return [...byBody.values()].flatMap((same) =>
    same.length === 1 ? [same] : [...groupBy(same, (item) => identityOf(entryOf(item))).values()],
  );
}

/** Those groups in which several say the same. */
export function* groupsOfEqual<Item>(items: readonly Item[], entryOf: (item: Item) => JournalEntry | undefined): Steps<Item[][]> {
  const byBody = groupsOfSeveral(items, (item) => entryOf(item)?.bodySha256);
  yield;
  return yield* foundInGroups(byBody, (same) => groupsOfSeveral(same, (item) => identityOf(entryOf(item))));
}

function identityOf(entry: JournalEntry | undefined): string {
  return entry === undefined ? '' : requestIdentity(entry);
}
