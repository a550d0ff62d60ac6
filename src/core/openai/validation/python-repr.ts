import { pythonNumber } from '../wire/python-number.ts';

/** A JSON value as Python prints it: OpenAI's words about schemas quote values that way. */
export function pythonRepr(value: unknown): string {
  if (value === undefined || value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  if (typeof value === 'number') return pythonNumber(value);
  if (typeof value !== 'object') return String(value);
  const entries = Object.entries(value).map(([key, each]) => `${quoted(key)}: ${pythonRepr(each)}`);
  return `{${entries.join(', ')}}`;
}

/** A way into a schema as Python prints a tuple: `()`, `('items',)`, `('properties', 'value')`. */
export function pythonTuple(way: readonly string[]): string {
  return `(${way.map(quoted).join(', ')}${way.length === 1 ? ',' : ''})`;
}

function quoted(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return escaped.includes("'") && !escaped.includes('"') ? `"${escaped}"` : `'${escaped.replaceAll("'", "\\'")}'`;
}
