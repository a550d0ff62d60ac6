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
