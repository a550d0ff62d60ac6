import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePointer, valuesAt, withoutValuesAt } from '../../../../src/core/openai/request/json-pointer.ts';
import { mergePatch } from '../../../../src/core/openai/wire/merge-patch.ts';
import { propertyRuns } from '../../../support/property-runs.ts';

/** RFC 7396, appendix A. */
const EXAMPLES: readonly (readonly [target: string, patch: string, result: string])[] = [
  ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
  ['{"a":"b"}', '{"a":null}', '{}'],
  ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
  ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
  ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
  ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
  ['["a","b"]', '["c","d"]', '["c","d"]'],
  ['{"a":"b"}', '["c"]', '["c"]'],
  ['{"a":"foo"}', 'null', 'null'],
  ['{"a":"foo"}', '"bar"', '"bar"'],
  ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
  ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
  ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
];

test.each(EXAMPLES)('%s patched with %s is %s', (target, patch, result) => {
  expect(JSON.stringify(mergePatch(JSON.parse(target), JSON.parse(patch)))).toBe(result);
});

test('a member named __proto__ is a member like others', () => {
  const patched = mergePatch({ a: 1 }, JSON.parse('{"__proto__":{"b":2}}'));
  expect(JSON.stringify(patched)).toBe('{"a":1,"__proto__":{"b":2}}');
  expect(({} as Record<string, unknown>)['b']).toBeUndefined();
});

test('a patch that was applied changes nothing when it is applied again, and leaves what it was applied to', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (target, patch) => {
      const before = JSON.stringify(target);
      const once = mergePatch(target, patch);
      expect(mergePatch(once, patch)).toEqual(once);
      expect(JSON.stringify(target)).toBe(before);
    }),
    { numRuns: propertyRuns(300) },
  );
});

test.each([
  ['/a', { a: 1, b: 2 }, { b: 2 }],
  ['/a/0', { a: [1, 2, 3] }, { a: [2, 3] }],
  ['/a/*/b', { a: [{ b: 1, c: 2 }, { b: 3 }, 4] }, { a: [{ c: 2 }, {}, 4] }],
  ['/*', { a: 1, b: 2 }, {}],
  ['/a~1b', { 'a/b': 1, c: 2 }, { c: 2 }],
  ['/a/b/c', { a: { b: 1 } }, { a: { b: 1 } }],
  ['/a/7', { a: [1] }, { a: [1] }],
  ['/a/01', { a: [1, 2] }, { a: [1, 2] }],
])('what stands at %s of %j is taken out: %j', (pointer, document, expected) => {
  expect(withoutValuesAt(document, parsePointer(pointer) ?? [])).toEqual(expected);
});

test('what was taken out is not found, and nothing else is gone', () => {
  const name = fc.constantFrom('a', 'b', 'c', '0', '1');
  const { document } = fc.letrec((tie) => ({
    document: fc.oneof({ maxDepth: 3 }, fc.integer(), fc.dictionary(name, tie('document'), { maxKeys: 3 })),
  }));
  fc.assert(
    fc.property(document, fc.array(name, { minLength: 1, maxLength: 3 }), (root, segments) => {
      const left = withoutValuesAt(root, segments);
      expect(valuesAt(left, segments)).toEqual([]);
      if (valuesAt(root, segments).length === 0) expect(left).toEqual(root);
    }),
    { numRuns: propertyRuns(300) },
  );
});
