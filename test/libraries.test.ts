import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fork } from '../src/core/random.ts';
import { libraries } from '../src/libraries.ts';
import { stopwatch } from './support/cpu-time.ts';
import { propertyRuns } from './support/property-runs.ts';

const { compileRegex, createFaker, sampleSchema, splitTokens } = libraries;

test.each([
  ['wea.her', '', 'the weather is', true],
  ['^weather', '', 'the weather is', false],
  ['WEATHER', 'i', 'the weather is', true],
  ['^b$', '', 'a\nb', false],
  ['^b$', 'm', 'a\nb', true],
  ['a.b', '', 'a\nb', false],
  ['a.b', 'is', 'A\nB', true],
  ['(?<year>\\d{4})\\/\\u0041', '', 'in 2026/A', true],
])('/%s/%s on %j: %s', (source, flags, text, expected) => {
  expect(compileRegex(source, flags)(text)).toBe(expected);
});

test.each([
  ['a(b', '', 'missing closing ): `a(b`'],
  ['a(?=b)', '', 'invalid or unsupported Perl syntax: `(?=`'],
  ['a', 'g', 'unknown flag "g"; the flags are i, m and s'],
  ['a'.repeat(1_001), '', 'the expression is 1001 characters long; at most 1000 are allowed'],
])('a bad expression is refused with the reason: %#', (source, flags, message) => {
  expect(() => compileRegex(source, flags)).toThrow(new Error(message));
});

test('an expression that makes backtracking engines explode is matched in linear time', () => {
  const cpuMs = stopwatch();
  expect(compileRegex('^(a+)+$', '')(`${'a'.repeat(20_000)}!`)).toBe(false);
  expect(() => compileRegex('((a{100}){100}){100}', '')).toThrow(/./);
  expect(cpuMs()).toBeLessThan(2_000);
});

test('a faker says the same for the same source', () => {
  const phrases = (seed: number) => {
    const faker = createFaker(fork(seed));
    return [faker.hacker.phrase(), faker.lorem.sentence(), faker.person.fullName()];
  };
  expect(phrases(1)).toEqual(phrases(1));
  expect(phrases(1)).not.toEqual(phrases(2));
});

const anyText = fc.string({ unit: 'binary', maxLength: 400 });

test('tokens put together are the text', () => {
  fc.assert(fc.property(anyText, (text) => splitTokens(text).join('') === text));
});

test.each([
  ['', []],
  ['Hello, world!', ['Hello', ',', ' world', '!']],
  ['tokenization is fun', ['token', 'ization', ' is', ' fun']],
  ['a🧿b', ['a', '', '', '🧿', 'b']],
  ['<|endoftext|>', ['<', '|', 'end', 'of', 'text', '|', '>']],
])('the o200k_base tokens of %j', (text, tokens) => {
  expect(splitTokens(text)).toEqual(tokens);
});

test('text that the tokenizer takes quadratic time for is bounded', () => {
  splitTokens('load');
  for (const unit of ['a', '漢', ' ', '\n', '🎉', 'á́', '<|endoftext|>', '\ud800', '1', ' \n', '🤦🏽\u200d♀️', '\u200b', '\0']) {
    const text = unit.repeat(200_000 / unit.length);
    const cpuMs = stopwatch();
    const tokens = splitTokens(text);
    expect(cpuMs()).toBeLessThan(2_000);
    expect(tokens.join('')).toBe(text);
  }
});

test('nothing is printed when the packages are loaded', () => {
  const files = ['re2js', '@faker-js/faker/locale/en', 'json-schema-faker', 'gpt-tokenizer/encoding/o200k_base'].map((name) =>
    fileURLToPath(import.meta.resolve(name)),
  );
  const code = `import { createRequire } from 'node:module'; ${JSON.stringify(files)}.forEach(createRequire(import.meta.url));`;
  const { stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
});

const strict = (properties: Record<string, object>, more: object = {}) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...more,
});
const text = { type: 'string' };
const optional = (schema: object) => ({ anyOf: [schema, { type: 'null' }] });
const FORMATS: Readonly<Record<string, RegExp>> = {
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  time: /^\d\d:\d\d:\d\dZ$/,
  date: /^\d{4}-\d\d-\d\d$/,
  duration: /^P(?=\d|T)(?:\d+D)?(?:T(?=\d)(?:\d+H)?)?$/,
  email: /^[^@\s]+@[^@\s]+\.\w+$/,
  hostname: /^[a-z0-9.-]+$/,
  ipv4: /^(?:\d{1,3}\.){3}\d{1,3}$/,
  ipv6: /^[0-9a-f:]+$/,
  uuid: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
};

/** Schemas of the kind that structured outputs take. */
const SCHEMAS: Readonly<Record<string, object>> = {
  'a calendar event': strict({
    name: text,
    date: { type: 'string', format: 'date' },
    participants: { type: 'array', items: text },
  }),
  'steps of a solution': strict({
    steps: {
      type: 'array',
      items: strict({ explanation: text, output: text }),
      minItems: 2,
    },
    final_answer: text,
  }),
  'a list of which each item is the rest': strict(
    { list: { $ref: '#/$defs/node' } },
    {
      $defs: {
        node: strict({
          value: { type: 'number' },
          next: optional({ $ref: '#/$defs/node' }),
        }),
      },
    },
  ),
  'a user interface that contains itself': strict({
    type: { enum: ['div', 'button', 'field'] },
    label: text,
    children: { type: 'array', items: { $ref: '#' } },
    attributes: { type: 'array', items: strict({ name: text, value: text }) },
  }),
  'a binary tree': strict(
    { root: { $ref: '#/$defs/node' } },
    {
      $defs: {
        node: strict({
          left: optional({ $ref: '#/$defs/node' }),
          right: optional({ $ref: '#/$defs/node' }),
          kids: { type: 'array', items: { $ref: '#/$defs/node' } },
        }),
      },
    },
  ),
  'types in a list, recursive': strict({
    v: text,
    next: { ...strict({ again: { $ref: '#' } }), type: ['object', 'null'] },
  }),
  alternatives: strict({
    item: {
      anyOf: [
        strict({
          kind: { const: 'user' },
          age: { type: 'integer', minimum: 0, maximum: 120 },
        }),
        strict({
          kind: { const: 'address' },
          zip: { type: 'string', pattern: '^\\d{5}$' },
        }),
      ],
    },
  }),
  patterns: strict({
    user: { type: 'string', pattern: '^@[a-zA-Z0-9_]+$' },
    code: { type: 'string', pattern: '^[A-Z]{2}-[0-9]{4}$' },
    serial: { type: 'string', pattern: '^(?:[0-9]{10}-){3}[0-9]{10}-[0-9]{10}-[0-9]{10}-[0-9]{10}$' },
    colour: { type: 'string', pattern: '^#(?:[0-9a-f]{3}|[0-9a-f]{6})$' },
  }),
  formats: strict(Object.fromEntries(Object.keys(FORMATS).map((format) => [format, { type: 'string', format }]))),
  numbers: strict({
    large: { type: 'number', minimum: 5_000 },
    negative: { type: 'integer', maximum: -9_999 },
    half: { type: 'number', multipleOf: 0.5, minimum: 1, maximum: 4 },
    tiny: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 0.001 },
    one_to_five: { type: 'integer', minimum: 1, maximum: 5 },
  }),
  lengths: strict({
    long: { type: 'string', minLength: 100 },
    short: { type: 'string', maxLength: 2 },
    exact: { type: 'string', minLength: 5, maxLength: 5 },
  }),
  'a map': {
    type: 'object',
    additionalProperties: { type: 'integer' },
    minProperties: 2,
  },
  'optional fields': {
    type: 'object',
    properties: { a: text, b: { type: 'boolean' } },
    required: ['a'],
  },
  'all of several': {
    allOf: [{ type: 'object', properties: { a: text }, required: ['a'] }, { $ref: '#/definitions/b' }],
    definitions: {
      b: {
        type: 'object',
        properties: { b: { type: 'number' } },
        required: ['b'],
      },
    },
  },
  'unique items': {
    type: 'array',
    items: { type: 'integer', minimum: 1, maximum: 100 },
    minItems: 3,
    maxItems: 6,
    uniqueItems: true,
  },
  'a tuple': {
    type: 'array',
    prefixItems: [text, { type: 'number' }],
    items: false,
    minItems: 2,
  },
  'property names like keywords': strict({
    type: text,
    properties: strict({ $ref: text }),
    required: text,
    items: { type: 'array', items: text },
  }),
  'references into the document': strict({
    home: strict({ street: text }),
    'a/b': { $ref: '#/properties/home' },
    work: { $ref: '#/properties/a~1b' },
  }),
};

test.each(Object.entries(SCHEMAS))('samples satisfy the schema: %s', (_, schema) => {
  const ajv = new Ajv2020({ strict: false });
  for (const [format, expression] of Object.entries(FORMATS)) ajv.addFormat(format, expression);
  const validate = ajv.compile(schema);
  for (let seed = 0; seed < propertyRuns(50); seed++) {
    const sample = sampleSchema(schema, seed);
    if (!validate(sample)) throw new Error(`${JSON.stringify(sample)}: ${ajv.errorsText(validate.errors)}`);
  }
});

test('a sample is the same for the same seed, and does not touch the schema', () => {
  const schema = SCHEMAS['a user interface that contains itself'];
  const before = JSON.stringify(schema);
  expect(sampleSchema(schema, 7)).toEqual(sampleSchema(schema, 7));
  expect(new Set(Array.from({ length: 20 }, (_, seed) => JSON.stringify(sampleSchema(schema, seed)))).size).toBeGreaterThan(15);
  expect(JSON.stringify(schema)).toBe(before);
});

function laughs(): object {
  const $defs: Record<string, object> = { a30: text };
  for (let i = 0; i < 30; i++)
    $defs[`a${i}`] = strict({
      x: { $ref: `#/$defs/a${i + 1}` },
      y: { $ref: `#/$defs/a${i + 1}` },
      z: { $ref: `#/$defs/a${i + 1}` },
    });
  return { $ref: '#/$defs/a0', $defs };
}

function deep(): object {
  let schema: object = text;
  for (let i = 0; i < 5_000; i++) schema = strict({ a: schema });
  return schema;
}

test.each<[string, unknown]>([
  ['definitions that multiply', laughs()],
  ['five thousand levels', deep()],
  ['itself, required', strict({ again: { $ref: '#' } })],
  ['nothing but itself', { $ref: '#' }],
  [
    'references in a circle',
    {
      $ref: '#/$defs/a',
      $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } },
    },
  ],
  ['a billion items', { type: 'array', minItems: 1e9, items: text }],
  [
    'a million items by two',
    {
      type: 'array',
      minItems: 1_000,
      items: { type: 'array', minItems: 1_000, items: text },
    },
  ],
  ['a billion characters', { type: 'string', minLength: 1e9 }],
  ['a billion properties', { type: 'object', minProperties: 1e9 }],
  ['a pattern of a billion', { type: 'string', pattern: 'a{1000000000}' }],
  ['a pattern that multiplies', { type: 'string', pattern: `${'('.repeat(20)}a${'+)'.repeat(20)}+` }],
  [
    'a pattern that backtracks',
    {
      type: 'object',
      patternProperties: { '^(a+)+$': text },
      required: [`${'a'.repeat(40)}!`],
    },
  ],
  ['more values than docs/limits.md allows', { type: 'array', minItems: 5_000, uniqueItems: true, items: text }],
  ['a reference elsewhere', { $ref: 'https://example.com/schema.json' }],
  ['a reference to nowhere', { $ref: '#/$defs/missing' }],
  ['a bad escape', { $ref: '#/%zz' }],
  ['nothing', false],
])('a schema that cannot be sampled is refused in less than a second: %s', (_, schema) => {
  const cpuMs = stopwatch();
  expect(() => sampleSchema(schema, 1)).toThrow();
  expect(cpuMs()).toBeLessThan(1_000);
});

test.each<[string, unknown]>([
  ['at most a billion items', { type: 'array', maxItems: 1e9, items: text }],
  ['1,900 unique texts', { type: 'array', minItems: 1_900, uniqueItems: true, items: text }],
  ['1,900 properties', strict(Object.fromEntries(Array.from({ length: 1_900 }, (_, i) => [`p${i}`, text])))],
  [
    'a hundred nested alternatives',
    Array.from({ length: 80 }).reduce<object>(
      (schema) => ({
        anyOf: [schema, schema === text ? text : { type: 'null' }],
      }),
      text,
    ),
  ],
  [
    'a property called __proto__',
    JSON.parse('{"type":"object","properties":{"__proto__":{"type":"object"}},"required":["__proto__"]}'),
  ],
])('a large schema is sampled in less than a second: %s', (_, schema) => {
  const cpuMs = stopwatch();
  sampleSchema(schema, 1);
  expect(cpuMs()).toBeLessThan(1_000);
  expect(({} as Record<string, unknown>)['p0']).toBeUndefined();
});

test('any JSON in the place of a schema gives a value or an error, in less than a second', () => {
  const keyword = fc.constantFrom(
    'type',
    'properties',
    'items',
    'anyOf',
    'allOf',
    'oneOf',
    'not',
    'enum',
    'const',
    'pattern',
    'format',
    '$ref',
    'required',
    'minItems',
    'maxItems',
    'minLength',
    'if',
    'then',
    'contains',
    'prefixItems',
    'additionalProperties',
    'uniqueItems',
    'minimum',
    'multipleOf',
  );
  const schemas = fc.letrec<{ schema: unknown }>((tie) => ({
    schema: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<unknown>('string', 'object', 'array', 'null', 0, -1, 3, 1e9, true, false, null, '#', ['a'], '^a+$', 'date'),
      fc.dictionary(keyword, tie('schema'), { maxKeys: 4 }),
      fc.array(tie('schema'), { maxLength: 3 }),
      fc.dictionary(fc.string({ maxLength: 5 }), tie('schema'), { maxKeys: 3 }),
    ),
  })).schema;
  fc.assert(
    fc.property(schemas, fc.nat(), (schema, seed) => {
      const cpuMs = stopwatch();
      try {
        sampleSchema(schema, seed);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
      expect(cpuMs()).toBeLessThan(1_000);
    }),
    { numRuns: propertyRuns(150) },
  );
});
