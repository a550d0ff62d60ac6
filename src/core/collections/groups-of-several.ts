/** The items that share their key with others, by key, in the order in which the keys first occur again. */
export function groupsOfSeveral<Item, Key>(items: Iterable<Item>, keyOf: (item: Item) => Key): Item[][] {
  const alone = new Map<Key, Item>();
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group !== undefined) group.push(item);
    else if (alone.has(key)) groups.set(key, [alone.get(key) as Item, item]);
    else alone.set(key, item);
  }
  return [...groups.values()];
}
