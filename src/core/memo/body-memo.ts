interface Cell {
  readonly given: readonly unknown[];
  readonly value: unknown;
}

/**
 * What was found out about a body: it comes again with every retry, and from every client of a fleet. Holds no more than
 * the last value of each kind.
 */
export type BodyMemo = Map<string, Cell>;

/**
 * What `find` finds: from the memo where it was found before for the same given values. It must depend on the body of
 * the memo and on these alone. It must not be changed.
 */
export function memoize<Value>(memo: BodyMemo | undefined, kind: string, given: readonly unknown[], find: () => Value): Value {
  const cell = memo?.get(kind);
  if (cell !== undefined && isSame(cell.given, given)) return cell.value as Value;
  const value = find();
  memo?.set(kind, { given, value });
  return value;
}

function isSame(some: readonly unknown[], others: readonly unknown[]): boolean {
  for (let place = 0; place < some.length; place++) if (some[place] !== others[place]) return false;
  return true;
}
