import { expect, test } from 'vitest';
import { stopwatch } from '../../../support/cpu-time.ts';
import { refusal } from '../../../support/refusal.ts';

const nested = (open: string, close: string, depth = 1_000): unknown => JSON.parse(open.repeat(depth) + 1 + close.repeat(depth));
const deep = nested('{"a":', '}');
const list = <T>(length: number, make: (index: number) => T): T[] => Array.from({ length }, (_, index) => make(index));
const parameters = (schema: object) => ({
  tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {}, ...schema } } }],
});
const said = (content: unknown) => ({ messages: [{ role: 'user', content }] });

/** The request as it arrives: keys like `__proto__` are fields, and numbers may be infinite. */
const parsed = (json: string) => JSON.parse(json) as object;

test.each<[string, object]>([
  ['lists inside of lists', { messages: nested('[', ']') }],
  ['a deep field of a message', { messages: [{ role: 'user', content: '', extra: deep }] }],
  ['a deep content part', said([{ type: 'file', file: deep }])],
  ['a deep field of which nothing is known', { moderation: deep }],
  ['deep metadata', { metadata: deep }],
  ['a deep schema', parameters({ properties: deep as object })],
  ['a hundred thousand messages', { messages: list(100_000, () => ({ role: 'user', content: 'Hello' })) }],
  ['a hundred thousand unknown fields', Object.fromEntries(list(100_000, (index) => [`k${index}`, 1]))],
  [
    'two hundred thousand properties',
    parameters({ properties: Object.fromEntries(list(200_000, (index) => [`p${index}`, { type: 'string' }])) }),
  ],
  ['a huge enum', parameters({ properties: { a: { enum: list(200_000, (index) => `e${index}`) } } })],
  ['an enum of objects', parameters({ properties: { a: { enum: list(50_000, (index) => ({ index })) } } })],
  ['much that is required', parameters({ required: list(100_000, (index) => `e${index}`) })],
  ['half of a character', { service_tier: '\ud800' }],
  ['half of a character as a name', { '\udc00': 1 }],
  ['a prototype', parsed('{"__proto__":{"a":1}}')],
  ['a prototype for a role', { messages: [parsed('{"__proto__":{"role":"user"},"content":""}')] }],
  ['a role named like a method', { messages: [{ role: 'constructor', content: '' }] }],
  ['an infinite integer', parsed('{"n":1e400}')],
  ['an infinite decimal', parsed('{"temperature":-1e400}')],
  ['a huge limit', { max_tokens: 1e300 }],
  ['a long role', { messages: [{ role: 'x'.repeat(10_000_000), content: '' }] }],
])('%s is refused in time', (_what, fields) => {
  refusal();
  const cpuTime = stopwatch();
  expect(refusal(fields)).toMatchObject({ status: 400, error: { type: 'invalid_request_error' } });
  expect(cpuTime()).toBeLessThan(3_000);
});

test('what nests too deep is a schema that is refused, elsewhere no JSON', () => {
  const messageOf = (fields: object) => refusal(fields)?.error?.message;
  expect(messageOf(parameters({ properties: deep as object }))).toBe(
    "Invalid schema for function 'f': 500 levels of nesting exceeds limit of 10.",
  );
  expect(messageOf({ metadata: { a: deep } })).toMatch(/^Invalid type/);
  expect(messageOf({ prompt_cache_options: deep })).toMatch(/^We could not parse/);
});
