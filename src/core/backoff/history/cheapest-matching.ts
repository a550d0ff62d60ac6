/** Pairs `from → to` of items that are given by their place. */
export interface Pairing {
  /** How many items there are; each is `from` of one pair at most, and `to` of one. */
  readonly items: number;
  /** What a pair costs: 0 or 1; undefined where there can be none. */
  cost(from: number, to: number): 0 | 1 | undefined;
}

const NONE = -1;

/**
 * So many pairs that cost as little as can be; for each item the one before it, or -1. Undefined where there are not so many.
 * Each step adds the pair that costs the least, and changes others for it (the successive shortest paths of an assignment problem).
 */
export function cheapestMatching({ items, cost }: Pairing, pairs: number): readonly number[] | undefined {
  const before = new Array<number>(items).fill(NONE);
  const after = new Array<number>(items).fill(NONE);
  for (let count = 0; count < pairs; count++) {
    const path = cheapestPath({ items, cost }, before, after);
    if (path === undefined) return undefined;
    for (let to = path.end; to !== NONE; ) {
      const from = path.reachedFrom[to] ?? NONE;
      const next = after[from] ?? NONE;
      before[to] = from;
      after[from] = to;
      to = next;
    }
  }
  return before;
}

/** The cheapest way to one pair more: where it ends, and from which item each other is reached. */
function cheapestPath({ items, cost }: Pairing, before: readonly number[], after: readonly number[]) {
  const spent = after.map((to) => (to === NONE ? 0 : Number.POSITIVE_INFINITY));
  const reached = new Array<number>(items).fill(Number.POSITIVE_INFINITY);
  const reachedFrom = new Array<number>(items).fill(NONE);
  const queue = spent.flatMap((sum, from) => (sum === 0 ? [from] : []));
  const reach = (from: number, to: number) => {
    const total = (spent[from] ?? 0) + (cost(from, to) ?? Number.POSITIVE_INFINITY);
    if (total >= (reached[to] ?? 0)) return;
    reached[to] = total;
    reachedFrom[to] = from;
    // What was before it looks for another.
    const freed = before[to] ?? NONE;
    if (freed === NONE) return;
    spent[freed] = total - (cost(freed, to) ?? 0);
    queue.push(freed);
  };
  for (let from = queue.shift(); from !== undefined; from = queue.shift()) for (let to = 0; to < items; to++) reach(from, to);
  const end = cheapest(reached, before);
  return end === undefined ? undefined : { end, reachedFrom };
}

/** Of the items that have nothing before them yet, the one that is reached at the least cost. */
function cheapest(reached: readonly number[], before: readonly number[]): number | undefined {
  let found: number | undefined;
  for (const [to, sum] of reached.entries())
    if (before[to] === NONE && sum < (found === undefined ? Number.POSITIVE_INFINITY : (reached[found] ?? 0))) found = to;
  return found;
}
