import type { Steps } from '../at-once.ts';
import { groupBy } from './group-by.ts';

/** Items of one step. */
const ITEMS_AT_ONCE = 5_000;

/** See `groupBy`. */
export function* groupByInSteps<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Steps<Map<Key, Item[]>> {
  const groups = new Map<Key, Item[]>();
  for (let at = 0; at < items.length; at += ITEMS_AT_ONCE) {
    groupBy(items.slice(at, at + ITEMS_AT_ONCE), keyOf, groups);
    yield;
  }
  return groups;
}
