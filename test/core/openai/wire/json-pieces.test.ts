import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonPieces, LazyList } from '../../../../src/core/openai/wire/json-pieces.ts';

/** The lists of the value, and of the objects in them, as lazy ones. */
function lazy(value: unknown, depth = 2): unknown {
  if (Array.isArray(value)) return new LazyList(value.map((item) => (depth > 0 ? lazy(item, depth - 1) : item)));
  if (typeof value !== 'object' || value === null || depth === 0) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key, Array.isArray(field) ? lazy(field, depth - 1) : field]),
  );
}

test('the pieces are what JSON.stringify makes of the whole', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      expect([...jsonPieces(lazy(value))].join('')).toBe(JSON.stringify(value, null, 2));
    }),
  );
});

test('an item is made when it is its turn', () => {
  const made: number[] = [];
  function* items() {
    for (const item of [1, 2, 3]) {
      made.push(item);
      yield item;
    }
  }
  let text = '';
  for (const piece of jsonPieces({ a: new LazyList(items()), b: undefined, c: 'x\ny' })) {
    text += piece;
    if (text.endsWith('2')) expect(made).toEqual([1, 2]);
  }
  expect(text).toBe(JSON.stringify({ a: [1, 2, 3], c: 'x\ny' }, null, 2));
});
