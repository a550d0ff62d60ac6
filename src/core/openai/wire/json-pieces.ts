/** A list whose items are made when it is their turn to be printed. */
export class LazyList {
  readonly items: Iterable<unknown>;

  constructor(items: Iterable<unknown>) {
    this.items = items;
  }
}

const INDENT = '  ';

/** The text that `JSON.stringify(value, null, 2)` makes, piece by piece: the items of lazy lists, also in their fields, one by one. */
export function* jsonPieces(value: unknown, margin = ''): Iterable<string> {
  if (value instanceof LazyList) yield* listPieces(value, margin);
  else if (hasLazyList(value)) yield* objectPieces(value, margin);
  else yield indented(value, margin);
}

function* listPieces({ items }: LazyList, margin: string): Iterable<string> {
  let opening = '[';
  for (const item of items) {
    yield `${opening}\n${margin}${INDENT}`;
    yield* jsonPieces(item, margin + INDENT);
    opening = ',';
  }
  yield opening === '[' ? '[]' : `\n${margin}]`;
}

function* objectPieces(object: object, margin: string): Iterable<string> {
  let opening = '{';
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) continue;
    yield `${opening}\n${margin}${INDENT}${JSON.stringify(key)}: `;
    yield* jsonPieces(value, margin + INDENT);
    opening = ',';
  }
  yield `\n${margin}}`;
}

/** In a field of the object, or in a field of one of its fields. */
function hasLazyList(value: unknown): value is object {
  return (
    isPlain(value) && Object.values(value).some((field) => isLazy(field) || (isPlain(field) && Object.values(field).some(isLazy)))
  );
}

function isLazy(value: unknown): boolean {
  return value instanceof LazyList;
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text in JSON has no line breaks of its own. */
function indented(value: unknown, margin: string): string {
  const text = JSON.stringify(value, null, 2);
  return margin === '' ? text : text.replaceAll('\n', `\n${margin}`);
}
