import { formatPath, type Problem } from '../problem.ts';
import { MAX_DEPTH, MAX_VALUES, TOO_DEEP, TOO_MANY } from './text-bounds.ts';
import type { YamlDocument } from './yaml-document.ts';

/** Plain data, with positions when it came from a text. */
export interface PlainDocument {
  readonly value: unknown;
  readonly locate?: YamlDocument['locate'];
  readonly problems?: readonly Problem[];
  readonly readableTo?: YamlDocument['readableTo'];
}

/** Copies what a program handed in, bounded in depth and size, so that later edits by the program change nothing. */
export function readObject(data: unknown, file: string): { document: PlainDocument } | { problems: Problem[] } {
  let values = 0;
  const problems: Problem[] = [];
  const refuse = (path: readonly PropertyKey[], message: string) => {
    if (problems.length === 0) problems.push({ file, path: formatPath(path), message });
    return undefined;
  };
  const copy = (value: unknown, path: readonly PropertyKey[]): unknown => {
    values += 1;
    if (values > MAX_VALUES) return refuse(path, TOO_MANY);
    if (path.length > MAX_DEPTH) return refuse(path, TOO_DEEP);
    if (Array.isArray(value)) return value.map((item, index) => copy(item, [...path, index]));
    if (typeof value !== 'object' || value === null) return value;
    if (!isPlain(value)) return refuse(path, `expected plain data, found ${nameOf(value)}`);
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return Object.fromEntries(entries.map(([key, item]) => [key, copy(item, [...path, key])]));
  };
  const value = copy(data, []);
  return problems.length > 0 ? { problems } : { document: { value } };
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

/** `a RegExp (write it as text between slashes)`, `a Map`. */
function nameOf(value: object): string {
  if (value instanceof RegExp) return `a RegExp; write it as text: '${String(value)}'`;
  return `a ${value.constructor?.name || 'special object'}`;
}
