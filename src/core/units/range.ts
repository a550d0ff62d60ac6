/** A closed range; `to` is Infinity when it is open. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** `2`, `1..2`, `3..`, `..2` → a range, each end read by `parseEnd`; undefined when it is none. */
export function parseRange(text: string, parseEnd: (end: string) => number | undefined): Range | undefined {
  const dots = text.indexOf('..');
  if (dots < 0) {
    const only = parseEnd(text.trim());
    return only === undefined ? undefined : { from: only, to: only };
  }
  const [low, high] = [text.slice(0, dots).trim(), text.slice(dots + 2).trim()];
  if (low === '' && high === '') return undefined;
  const from = low === '' ? 0 : parseEnd(low);
  const to = high === '' ? Number.POSITIVE_INFINITY : parseEnd(high);
  return from === undefined || to === undefined || from > to ? undefined : { from, to };
}

/** Whether the value lies in the range, both ends included. */
export function inRange(value: number, { from, to }: Range): boolean {
  return value >= from && value <= to;
}
