import { expect, test } from 'vitest';
import { canonicalSha } from '../../src/exchange/canonical-sha.ts';

const shaOf = (value: unknown) => canonicalSha(Buffer.from(JSON.stringify(value)));

test('the order of keys does not matter, at any depth, nor do stream_options', () => {
  const one = shaOf({ a: [{ b: 1, c: 2 }], d: 'x', stream_options: { include_usage: true } });
  expect(one).toMatch(/^[0-9a-f]{64}$/);
  expect(shaOf({ d: 'x', a: [{ c: 2, b: 1 }] })).toBe(one);
  expect(shaOf({ d: 'x', a: [{ c: 2, b: 2 }] })).not.toBe(one);
});

test('what is no JSON has none', () => {
  expect(canonicalSha(Buffer.from('{"a":'))).toBeNull();
  expect(canonicalSha(new Uint8Array(0))).toBeNull();
});

test('a long text has one, and a body of too many values has none', () => {
  expect(shaOf({ image: 'A'.repeat(3_000_000) })).not.toBeNull();
  const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i]));
  expect(shaOf(keys(15_000))).not.toBeNull();
  expect(shaOf(keys(25_000))).toBeNull();
  expect(shaOf(Array(50_000).fill(1))).toBeNull();
});
