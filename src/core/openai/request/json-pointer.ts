/** The segments of a JSON Pointer (RFC 6901): `/tools/*` → ["tools", "*"]; undefined for a text that is none. */
export function parsePointer(text: string): readonly string[] | undefined {
  if (text === '') return [];
  if (!text.startsWith('/') || /~(?![01])/.test(text)) return undefined;
  return text
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The values at a place of a document. `*` stands for every element of a list and every member of an object. */
export function valuesAt(root: unknown, segments: readonly string[]): readonly unknown[] {
  let values: readonly unknown[] = [root];
  for (const segment of segments) {
    values = values.flatMap((value) => childrenOf(value, segment));
    if (values.length === 0) return values;
  }
  return values;
}

function childrenOf(value: unknown, segment: string): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) {
    if (segment === '*') return value;
    return /^(?:0|[1-9]\d{0,8})$/.test(segment) && Number(segment) < value.length ? [value[Number(segment)]] : [];
  }
  if (segment === '*') return Object.values(value);
  return Object.hasOwn(value, segment) ? [(value as Record<string, unknown>)[segment]] : [];
}

/** The document without the values at a place, which `valuesAt` finds. What is behind them in a list moves up. */
export function withoutValuesAt(root: unknown, [segment, ...rest]: readonly string[]): unknown {
  if (segment === undefined || typeof root !== 'object' || root === null) return root;
  const isMeant = (name: string) => segment === '*' || segment === name;
  const kept = (value: unknown, name: string) => {
    if (!isMeant(name)) return [value];
    return rest.length === 0 ? [] : [withoutValuesAt(value, rest)];
  };
  if (Array.isArray(root)) return root.flatMap((value: unknown, index) => kept(value, String(index)));
  return Object.fromEntries(
    Object.entries(root).flatMap(([name, value]) => kept(value, name).map((each): [string, unknown] => [name, each])),
  );
}
