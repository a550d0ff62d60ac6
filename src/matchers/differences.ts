import { types } from 'node:util';

/** How a test runner compares values; it knows `expect.any` and its kin. */
export type Equals = (actual: unknown, expected: unknown) => boolean;

/** One place at which a value is not as expected, told in words. */
export interface Difference {
  /** `/messages/0/role`; empty for the value itself. */
  readonly at: string;
  readonly expected: string;
  readonly found: string;
}

/** Characters of a value that are told at most. */
const MAX_SHOWN = 80;

/**
 * Where a value is not as expected. Of an object only the fields are looked at that are expected, one that is `undefined` has to be
 * missing; lists have the same length; a pattern is held against a text.
 */
export function differences(actual: unknown, expected: unknown, { equals, at }: { equals: Equals; at: string }): Difference[] {
  if (isPattern(expected)) {
    return typeof actual === 'string' && actual.search(expected) >= 0
      ? []
      : [{ at, expected: String(expected), found: shown(actual) }];
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return [{ at, expected: shown(expected), found: shown(actual) }];
    if (actual.length !== expected.length)
      return [{ at, expected: `a list of ${expected.length}`, found: `one of ${actual.length}` }];
    return expected.flatMap((each, place) => differences(actual[place], each, { equals, at: `${at}/${place}` }));
  }
  if (isPlain(expected)) {
    if (!isPlain(actual)) return [{ at, expected: shown(expected), found: shown(actual) }];
    return Object.entries(expected).flatMap(([name, each]) =>
      differences(Object.hasOwn(actual, name) ? actual[name] : undefined, each, { equals, at: `${at}/${name}` }),
    );
  }
  return equals(actual, expected) ? [] : [{ at, expected: shown(expected), found: shown(actual) }];
}

/** A regular expression. Jest has its own for each test file, of which none is an instance of that of Node. */
export function isPattern(value: unknown): value is RegExp {
  return types.isRegExp(value);
}

/** A value in a few words. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = wordFor(value) ?? JSON.stringify(value, (_name, inner: unknown) => wordFor(inner) ?? inner) ?? String(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 1)}…` : text;
}

/** What JSON has no words for: patterns and matchers. */
function wordFor(value: unknown): string | undefined {
  if (isPattern(value)) return String(value);
  const isMatcher = typeof value === 'object' && value !== null && 'asymmetricMatch' in value;
  return isMatcher ? matcherText(value) : undefined;
}

function matcherText(value: object): string {
  const { toAsymmetricMatcher } = value as { toAsymmetricMatcher?: () => string };
  return typeof toAsymmetricMatcher === 'function' ? toAsymmetricMatcher.call(value) : String(value);
}

/** An object that is none of the matchers of a test runner. */
function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('asymmetricMatch' in value);
}
