import fc from 'fast-check';
import type { Rule } from '../../src/core/openai/validation/rule.ts';

/** A value that breaks one rule, and what has to be said of it. */
export interface Violation {
  readonly path: string;
  readonly value: unknown;
  readonly code: string | null;
  /** It is that there is a null. */
  readonly isNull?: boolean;
}

type Of<Kind extends Rule['kind']> = Extract<Rule, { kind: Kind }>;

const SCHEMA = { type: 'object', properties: {}, additionalProperties: false };

/** A value that keeps to the rule. */
export function sample(rule: Rule): unknown {
  switch (rule.kind) {
    case 'string':
      return rule.values?.[0] ?? rule.prefix ?? 'a';
    case 'integer':
    case 'decimal':
      return Math.max(1, Number(rule.min ?? 1));
    case 'boolean':
      return true;
    case 'array':
      return [sample(rule.items)];
    case 'map':
      return { 7: sample(rule.values) };
    case 'union':
      return sample(first(rule.options));
    case 'input':
      return 'a';
    case 'tagged': {
      const [tag, variant] = first(Object.entries(rule.variants));
      return { [rule.tag]: tag, ...(sample(variant) as object) };
    }
    case 'object':
      return Object.fromEntries(Object.entries(rule.fields).map(([name, field]) => [name, sample(field)]));
  }
}

/** Any value that keeps to the rule; schemas are those of an object without fields. */
export function anyValue(rule: Rule, name = ''): fc.Arbitrary<unknown> {
  const value = name === 'parameters' || name === 'schema' ? fc.constant(SCHEMA) : anyPresent(rule);
  return rule.nullable === true ? fc.oneof({ weight: 5, arbitrary: value }, { weight: 1, arbitrary: fc.constant(null) }) : value;
}

function anyPresent(rule: Rule): fc.Arbitrary<unknown> {
  switch (rule.kind) {
    case 'string':
      return anyString(rule);
    case 'integer':
      return fc.integer({ min: Math.max(Number(rule.min ?? 0), -1e9), max: Math.min(Number(rule.max ?? 1e4), 1e4) });
    case 'decimal':
      return fc.double({ min: Number(rule.min), max: Number(rule.max), noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(anyValue(rule.items), { minLength: rule.minItems ?? 0, maxLength: Math.min(rule.maxItems ?? 3, 3) });
    case 'map':
      return fc.dictionary(anyKey(rule), anyValue(rule.values), { maxKeys: 4 });
    case 'union':
      return fc.oneof(...rule.options.map((option) => anyValue(option)));
    case 'input':
      return anyInput(rule);
    case 'tagged':
      return fc.oneof(
        ...Object.entries(rule.variants).map(([tag, variant]) =>
          (anyPresent(variant) as fc.Arbitrary<object>).map((fields) => ({ [rule.tag]: tag, ...fields })),
        ),
      );
    case 'object':
      return anyObject(rule);
  }
}

function anyString({ values, pattern, maxLength = 40 }: Of<'string'>): fc.Arbitrary<string> {
  if (values !== undefined) return fc.constantFrom(...values);
  if (pattern !== undefined) return fc.stringMatching(/^[a-zA-Z0-9_-]{1,64}$/);
  return fc.string({ maxLength: Math.min(maxLength, 40) });
}

function anyKey({ keys }: Of<'map'>): fc.Arbitrary<string> {
  return keys === 'integers' ? fc.nat().map(String) : fc.string({ minLength: 1, maxLength: 9 });
}

function anyInput({ entry }: Of<'input'>): fc.Arbitrary<unknown> {
  const text = fc.string({ minLength: 1, maxLength: 40 });
  const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(arbitrary, { minLength: 1, maxLength: 3 });
  if (entry.kind === 'tagged') return fc.oneof(text, some(text), some(anyPresent(entry)));
  const ids = some(fc.nat({ max: 100_257 }));
  return fc.oneof(text, some(text), ids, some(ids), some(fc.oneof(text, ids)));
}

function anyObject({ fields, required = [] }: Of<'object'>): fc.Arbitrary<object> {
  const entries = Object.entries(fields).map(([name, field]) => [name, anyValue(field, name)] as const);
  return fc.record(Object.fromEntries(entries), { requiredKeys: [...required] }) as fc.Arbitrary<object>;
}

/** Every way to break a rule once. */
export function violations(rule: Rule, path: string): Violation[] {
  const wrong = (value: unknown, code: string | null, at = path): Violation => ({ path: at, value, code });
  const types = wrongTypes(rule).map((value) => wrong(value, 'invalid_type'));
  if (rule.nullable !== true) types.push({ ...wrong(null, 'invalid_type'), isNull: true });
  return [...types, ...deeperViolations(rule, path, wrong)];
}

function wrongTypes(rule: Rule): unknown[] {
  const kinds = rule.kind === 'union' ? rule.options.map(({ kind }) => kind) : [rule.kind];
  const jsonTypes = new Set<string>(rule.kind === 'input' ? ['string', 'array'] : kinds.map((kind) => JSON_TYPES[kind]));
  const wrong = VALUES.filter(([type]) => !jsonTypes.has(type)).map(([, value]) => value);
  return rule.kind === 'integer' ? [...wrong, 1.5, Number.POSITIVE_INFINITY] : wrong;
}

const JSON_TYPES = {
  string: 'string',
  integer: 'number',
  decimal: 'number',
  boolean: 'boolean',
  array: 'array',
  object: 'object',
  map: 'object',
  tagged: 'object',
  union: '',
  input: '',
} as const;

const VALUES: readonly (readonly [string, unknown])[] = [
  ['string', 'x'],
  ['number', 1],
  ['boolean', true],
  ['array', []],
  ['object', {}],
];

type Wrong = (value: unknown, code: string | null, at?: string) => Violation;

function deeperViolations(rule: Rule, path: string, wrong: Wrong): Violation[] {
  switch (rule.kind) {
    case 'string':
      return stringViolations(rule, wrong);
    case 'integer':
    case 'decimal':
      return [
        ...(rule.min === undefined ? [] : [wrong(beyond(rule.min, -1), `${rule.kind}_below_min_value`)]),
        ...(rule.max === undefined ? [] : [wrong(beyond(rule.max, 1), `${rule.kind}_above_max_value`)]),
      ];
    case 'boolean':
      return [];
    case 'array':
      return arrayViolations(rule, path, wrong);
    case 'map':
      return mapViolations(rule, path, wrong);
    case 'union':
      return rule.options.flatMap((option) =>
        violations(option, path).filter((found) => found.path !== path || found.code !== 'invalid_type'),
      );
    case 'input':
      return inputViolations(rule, path, wrong);
    case 'tagged':
      return taggedViolations(rule, path, wrong);
    case 'object':
      return objectViolations(rule, path, {});
  }
}

/** A number on the wrong side of a bound, further than numbers are rounded. */
function beyond(bound: number | bigint, direction: 1 | -1): number {
  return Number(bound) + direction * Math.max(1, Math.abs(Number(bound)));
}

/** Long texts, each made once: some rules take millions of characters. */
const longTexts = new Map<number, string>();

function longText(length: number): string {
  const made = longTexts.get(length) ?? 'a'.repeat(length);
  longTexts.set(length, made);
  return made;
}

function stringViolations({ values, maxLength, minLength, prefix, pattern }: Of<'string'>, wrong: Wrong): Violation[] {
  return [
    ...(minLength === undefined ? [] : [wrong('', 'empty_string')]),
    ...(prefix === undefined ? [] : [wrong('x', 'invalid_value')]),
    ...(values === undefined ? [] : [wrong('no such value', 'invalid_value'), wrong('constructor', 'invalid_value')]),
    ...(maxLength === undefined ? [] : [wrong(longText(maxLength + 1), 'string_above_max_length')]),
    ...(pattern === undefined ? [] : [wrong('a b<', 'invalid_value'), wrong('', 'invalid_value')]),
  ];
}

function arrayViolations({ items, minItems, maxItems }: Of<'array'>, path: string, wrong: Wrong): Violation[] {
  return [
    ...(minItems === undefined ? [] : [wrong([], 'empty_array')]),
    ...(maxItems === undefined ? [] : [wrong(Array(maxItems + 1).fill(sample(items)), 'array_above_max_length')]),
    ...violations(items, `${path}[0]`).map((found) => ({ ...found, value: [found.value] })),
    ...violations(items, `${path}[1]`).map((found) => ({ ...found, value: [sample(items), found.value] })),
  ];
}

function inputViolations({ entry, maxItems }: Of<'input'>, path: string, wrong: Wrong): Violation[] {
  const tokens = entry.kind !== 'tagged';
  const inside = violations(entry, `${path}[1]${tokens ? '[0]' : ''}`);
  const ids = tokens ? violations(entry, `${path}[0]`).filter(({ code }) => code !== 'invalid_type') : [];
  return [
    wrong([], 'empty_array'),
    wrong(Array(maxItems + 1).fill('a'), 'array_above_max_length'),
    ...[true, null, ...(tokens ? [{}] : [1])].map((value) => wrong(['a', value], 'invalid_type', `${path}[1]`)),
    ...(tokens ? [wrong(['a', []], 'empty_array', `${path}[1]`)] : []),
    ...ids.map((found) => ({ ...found, value: [found.value] })),
    ...inside
      .filter(({ code, path: at }) => tokens || code !== 'invalid_type' || at !== `${path}[1]`)
      .map((found) => ({ ...found, value: ['a', tokens ? [found.value] : found.value] })),
  ];
}

function mapViolations({ values, maxProperties, maxKeyLength, keys }: Of<'map'>, path: string, wrong: Wrong): Violation[] {
  const many = Array.from({ length: (maxProperties ?? 0) + 1 }, (_, index) => [`k${index}`, sample(values)]);
  return [
    ...(maxProperties === undefined ? [] : [wrong(Object.fromEntries(many), 'object_above_max_properties')]),
    ...(maxKeyLength === undefined
      ? []
      : [wrong({ [longText(maxKeyLength + 1)]: sample(values) }, 'property_name_above_max_length')]),
    ...(keys === undefined ? [] : [' You', '-1', '1.5', ''].map((key) => wrong({ [key]: 1 }, null))),
    ...violations(values, `${path}.7`).map((found) => ({ ...found, value: { 7: found.value } })),
  ];
}

function taggedViolations(
  { tag, variants, blamesObject, known = [] }: Of<'tagged'>,
  path: string,
  wrong: Wrong,
  outer = {},
): Violation[] {
  const blames = blamesObject !== undefined;
  const at = blames ? path : `${path}.${tag}`;
  return [
    wrong({ ...outer }, blames ? 'invalid_value' : 'missing_required_parameter', at),
    wrong({ ...outer, [tag]: 7 }, blames ? 'invalid_value' : 'invalid_type', at),
    wrong({ ...outer, [tag]: '__proto__' }, 'invalid_value', at),
    ...known.filter((name) => !Object.hasOwn(variants, name)).map((name) => wrong({ ...outer, [tag]: name }, 'invalid_value')),
    ...Object.entries(variants).flatMap(([name, variant]) => {
      const tags = { ...outer, [tag]: name };
      return variant.kind === 'tagged' ? taggedViolations(variant, path, wrong, tags) : objectViolations(variant, path, tags);
    }),
  ];
}

function objectViolations(rule: Of<'object'>, path: string, tag: object): Violation[] {
  const { fields, required = [], open = false } = rule;
  const good: Record<string, unknown> = { ...(sample(rule) as object), ...tag };
  const without = (name: string) => Object.fromEntries(Object.entries(good).filter(([each]) => each !== name));
  return [
    ...(open ? [] : [{ path: `${path}.unheard_of`, value: { ...good, unheard_of: 1 }, code: 'unknown_parameter' }]),
    ...required.map((name) => ({ path: `${path}.${name}`, value: without(name), code: 'missing_required_parameter' })),
    ...Object.entries(fields).flatMap(([name, field]) =>
      violations(field, `${path}.${name}`).map((found) => ({ ...found, value: { ...good, [name]: found.value } })),
    ),
  ];
}

function first<T>(list: readonly T[]): T {
  const [head] = list;
  if (head === undefined) throw new Error('the list is empty');
  return head;
}
