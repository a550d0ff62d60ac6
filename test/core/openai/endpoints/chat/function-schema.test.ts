import { expect, test } from 'vitest';
import { tool } from '../../../../support/chat-fields.ts';
import { refusal } from '../../../../support/refusal.ts';

const object = (properties: object, more: object = {}) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...more,
});

/** An object in an object, so many times; the innermost is empty. */
function nestedObjects(levels: number): object {
  return levels === 0 ? object({}) : object({ a: nestedObjects(levels - 1) });
}

function properties(count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, { type: 'string' }]));
}

test.each([
  ['ten levels', nestedObjects(10)],
  ['five thousand parameters', object(properties(5_000))],
  ['a schema that refers to itself', object({ a: { $ref: '#' } })],
  ['a reference beyond the schema', object({ a: { $ref: 'https://example.com/a' } })],
  ['an escaped reference', object({ a: { $ref: '#/$defs/a~1b' } }, { $defs: { 'a/b': { type: 'string' } } })],
  ['a pattern of Python', object({ a: { type: 'string', pattern: '(?i)^(?P<year>\\d{4})(?P=year)$' } })],
  ['a pattern that looks ahead', object({ a: { type: 'string', pattern: '^(?!x)(?<!y)\\\\p{a}' } })],
])('%s in a strict schema is taken', (_what, parameters) => {
  expect(refusal({ tools: [tool({ strict: true, parameters })] })).toBeUndefined();
});

test.each([
  [false, { type: 'string' }, `schema must be a JSON Schema of 'type: "object"', got 'type: "string"'.`],
  [false, { type: 'object' }, 'In context=(), object schema missing properties.'],
  [false, object({ a: { type: 'array' } }), "In context=('properties', 'a'), array schema missing items."],
  [false, object({ a: { type: 'foo' } }), "'foo' is not valid under any of the given schemas."],
  [false, object({ a: { enum: "it's" } }), `"it's" is not of type 'array'.`],
  [false, object({}, { required: null }), "None is not of type 'array'."],
  [true, object({ a: { allOf: [], type: 'string' } }), '[] is not valid under any of the given schemas.'],
  [true, object({ a: { allOf: [{ type: 'string' }] } }), "In context=('properties', 'a'), 'allOf' is not permitted."],
  [
    true,
    object({ a: { type: 'string' }, b: { type: 'string' } }, { required: ['a'] }),
    "In context=(), 'required' is required to be supplied and to be an array including every key in properties. Missing 'b'.",
  ],
  [
    true,
    object({ a: { anyOf: [{ type: 'null' }, { type: 'object', properties: {} }] } }),
    "In context=('properties', 'a', 'anyOf', '1'), 'additionalProperties' is required to be supplied and to be false.",
  ],
  [
    true,
    object({ a: { type: 'array', items: { type: 'object', properties: {} } } }),
    "In context=('properties', 'a', 'items'), 'additionalProperties' is required to be supplied and to be false.",
  ],
  [
    true,
    object({ a: { $ref: '#/$defs/b' } }, { $defs: { c: { type: 'string' } } }),
    "In context=('properties', 'a'), reference to component '#/$defs/b' which was not found in the schema.",
  ],
  [false, object({ a: { type: 'string', pattern: '(' } }), "'(' is not a 'regex'."],
  [false, object({ a: { pattern: '^[^\\p{Cc}"\\\\]$' } }), `'^[^\\p{Cc}"\\\\]$' is not a 'regex'.`],
  [true, nestedObjects(11), '11 levels of nesting exceeds limit of 10.'],
  [true, object(properties(5_001)), '5001 parameters exceeds limit of 5000.'],
  [false, nestedObjects(51), '51 levels of nesting exceeds limit of 10.'],
])('a schema is refused, strict %s, %#', (strict, schema, problem) => {
  expect(refusal({ tools: [tool({ strict, parameters: schema })] })?.error).toMatchObject({
    message: `Invalid schema for function 'f': ${problem}`,
    param: 'tools[0].function.parameters',
    code: 'invalid_function_parameters',
  });
  expect(refusal({ functions: [{ name: 'f', parameters: schema }] })?.error?.param ?? 'functions[0].parameters').toBe(
    'functions[0].parameters',
  );
  expect(refusal({ response_format: { type: 'json_schema', json_schema: { name: 'f', schema, strict } } })?.error).toMatchObject({
    message: `Invalid schema for response_format 'f': ${problem}`,
    param: 'response_format',
    code: null,
  });
});
