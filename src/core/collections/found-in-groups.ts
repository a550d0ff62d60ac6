import type { Steps } from '../at-once.ts';

/** Items of one step. */
const ITEMS_AT_ONCE = 1_000;

/** What is found in each of the groups. */
export function* foundInGroups<Item, Found>(
  groups: Iterable<readonly Item[]>,
  find: (group: readonly Item[]) => readonly Found[],
): Steps<Found[]> {
  const found: Found[] = [];
  let looked = 0;
  for (const group of groups) {
    for (const each of find(group)) found.push(each);
    looked += group.length;
    if (looked < ITEMS_AT_ONCE) continue;
    looked = 0;
    yield;
  }
  yield;
  return found;
}
