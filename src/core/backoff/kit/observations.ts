import type { Observation, Observations } from './finding.ts';

/** One observation of each item, each put in words when it is shown. */
export function observations<Item>(items: readonly Item[], observe: (item: Item) => Observation): Observations {
  return { length: items.length, slice: (from, to) => items.slice(from, to).map((item) => observe(item)) };
}
