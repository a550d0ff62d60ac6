/**
 * The items by key, in the order in which the keys first occur, in those groups that there are. Where many in a row have the
 * same, it is looked up once.
 */
export function groupBy<Item, Key>(
  items: Iterable<Item>,
  keyOf: (item: Item) => Key,
  groups = new Map<Key, Item[]>(),
): Map<Key, Item[]> {
  let last: Key | undefined;
  let group: Item[] | undefined;
  for (const item of items) {
    const key = keyOf(item);
    if (group === undefined || key !== last) {
      group = groups.get(key);
      if (group === undefined) groups.set(key, (group = []));
      last = key;
    }
    group.push(item);
  }
  return groups;
}
