import type { z } from 'zod';
import { hideKey } from '../openai/request/hide-key.ts';
import { asRecord } from '../openai/request/request.ts';
import { describeValue, unknownName } from '../schema/fields.ts';
import { suggest } from '../text/suggest.ts';
import type { ScenarioFinding } from './finding.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

/** Schema issues → what is wrong, where, in the words of the file rather than of the validator. */
export function findingsOf(issues: readonly Issue[], root: unknown, base: Path = []): ScenarioFinding[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      const messages = issue.message.split('\n').map((message, index) => {
        const key = issue.keys[index] ?? '';
        // A key of the API in the place of a key of the mapping.
        return path[0] === 'auth' && !message.includes('Did you mean')
          ? message.replace(describeValue(key), describeValue(hideKey(key)))
          : message;
      });
      return issue.keys.map(
        (key, index): ScenarioFinding => ({
          path: [...path, key],
          part: 'key',
          message: messages[index] ?? issue.message,
        }),
      );
    }
    if (issue.code === 'invalid_union') return unionFindings(issue, root, path);
    if (issue.code === 'invalid_key') return issue.issues.map(({ message }) => keyFinding(path, message));
    const value = shown(valueAt(root, path), path, issue);
    return [
      {
        path,
        part: 'value',
        message: messageOf(issue, value, path),
      } satisfies ScenarioFinding,
    ];
  });
}

/** A name that a mapping does not take as a key. */
function keyFinding(path: Path, message: string): ScenarioFinding {
  const found = message.startsWith('expected ') ? `, found ${describeValue(String(path.at(-1)))}` : '';
  return { path, part: 'key', message: `${message}${found}` };
}

/** Of a union, the branch that the value was meant for is the one whose own type it has. */
function unionFindings(issue: Extract<Issue, { code: 'invalid_union' }>, root: unknown, path: Path): ScenarioFinding[] {
  const value = valueAt(root, path);
  const branches = issue.errors.map((errors) => findingsOf(errors, root, path));
  const fitting = branches.filter((_, index) => !(issue.errors[index] ?? []).some((error) => isWrongKind(error, value)));
  const likeness = (branch: readonly ScenarioFinding[]) =>
    branch.filter(({ message }) => message.includes('Did you mean')).length;
  const [best] = fitting.sort((a, b) => a.length - b.length || likeness(b) - likeness(a));
  const words = branches.some(expectsNumber) ? wordsOf(issue) : [];
  if (best !== undefined && (words.length === 0 || likeness(best) > 0)) return best;
  const expected = branches
    .flatMap((branch) => branch.map(({ message }) => /^expected (.*), found /s.exec(message)?.[1] ?? ''))
    .concat(words);
  const known = [...new Set(expected.filter((text) => text !== '' && text.length < 200))];
  const advised = branches.flat().flatMap(({ message }) => /, found .*?(: write \S+)$/s.exec(message)?.[1] ?? []);
  return [
    {
      path,
      part: 'value',
      message: `expected ${known.join(' or ')}, found ${describeValue(shown(value, path))}${advised[0] ?? ''}`,
    },
  ];
}

function expectsNumber(branch: readonly ScenarioFinding[]): boolean {
  return branch.some(({ message }) => /^expected a (?:whole )?number\b/.test(message));
}

/** The words that a union of a number and words takes; none where a branch takes other texts, or more than these. */
function wordsOf({ errors }: Extract<Issue, { code: 'invalid_union' }>): string[] {
  const others = errors.filter((branch) => !branch.every(({ code, path }) => code === 'invalid_type' && path.length === 0));
  const words = others.flatMap((branch) =>
    branch.flatMap((error) => (error.code === 'invalid_value' && error.path.length === 0 ? error.values.map(String) : [])),
  );
  return words.length === others.length ? words : [];
}

function isWrongKind(issue: Issue, value: unknown): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === 'invalid_type') return true;
  if (issue.code === 'invalid_union') return issue.errors.every((errors) => errors.some((error) => isWrongKind(error, value)));
  if (issue.code === 'invalid_value') return !issue.values.some((allowed) => typeof allowed === typeof value);
  return issue.code === 'custom' && issue.message.startsWith('expected ') && typeof value === 'object';
}

function messageOf(issue: Issue, value: unknown, path: Path): string {
  const found = describeValue(value);
  switch (issue.code) {
    case 'invalid_type':
      if (value === undefined) return `missing key "${String(path.at(-1))}": expected ${kindOf(issue.expected)}, found nothing`;
      return `expected ${kindOf(issue.expected)}, found ${found}${advice(issue.expected, value)}`;
    case 'too_small':
      return `expected ${bound(issue.origin, 'at least', Number(issue.minimum), issue.inclusive)}, found ${sizeOf(value, found)}`;
    case 'too_big':
      return `expected ${bound(issue.origin, 'at most', Number(issue.maximum), issue.inclusive)}, found ${sizeOf(value, found)}`;
    case 'invalid_value':
      return invalidValue(issue, value);
    default:
      return value === undefined && /, found nothing$/.test(issue.message)
        ? `missing key "${String(path.at(-1))}": ${issue.message}`
        : issue.message;
  }
}

/** What messages tell of a value: where it stands in the place of an API key, not the key. */
function shown(value: unknown, path: Path, issue?: Issue): unknown {
  if (path[0] !== 'auth' || !(typeof value === 'string' || typeof value === 'number')) return value;
  const isMisspelt = issue?.code === 'invalid_value' && suggest(String(value), issue.values.map(String)) !== '';
  return isMisspelt ? value : hideKey(String(value));
}

/** How what was found is written in the kind that is expected; nothing where that is not clear. */
function advice(expected: string, value: unknown): string {
  if (expected === 'array' && asRecord(value) !== undefined) return ': begin each item of the list with "- "';
  if (expected !== 'number' && expected !== 'int') return '';
  const [, digits, percent] = typeof value === 'string' ? (/^\s*(-?\d{1,9}(?:\.\d{1,9})?)\s*(%?)\s*$/.exec(value) ?? []) : [];
  if (digits === undefined) return '';
  return `: write ${percent === '' ? Number(digits) : Number((Number(digits) / 100).toPrecision(9))}`;
}

function kindOf(expected: string): string {
  return KINDS[expected] ?? expected;
}

function invalidValue(issue: Extract<Issue, { code: 'invalid_value' }>, value: unknown): string {
  if (/^(?:unknown|expected) /.test(issue.message)) return issue.message;
  const values = issue.values.map(String);
  if (typeof value === 'string') return unknownName('value', value, values);
  return `expected ${values.join(' or ')}, found ${describeValue(value)}`;
}

function bound(origin: string, words: string, limit: number, inclusive = true): string {
  const relation = inclusive ? words : words === 'at least' ? 'more than' : 'less than';
  if (origin === 'array') return `a list of ${relation} ${limit} item${limit === 1 ? '' : 's'}`;
  if (origin === 'string') return `text of ${relation} ${limit} character${limit === 1 ? '' : 's'}`;
  return `a ${origin === 'int' ? 'whole ' : ''}number of ${relation} ${limit}`;
}

function sizeOf(value: unknown, found: string): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `${value.length} items`;
  return value === '' ? 'an empty text' : found;
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}
