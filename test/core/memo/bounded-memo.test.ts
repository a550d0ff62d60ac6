import { expect, test } from 'vitest';
import { BoundedMemo } from '../../../src/core/memo/bounded-memo.ts';

test('what was found is not looked for again', () => {
  const memo = new BoundedMemo<string, number>(2);
  let looked = 0;
  const find = () => ++looked;
  expect([memo.get('a', find), memo.get('a', find), memo.get('b', find)]).toEqual([1, 1, 2]);
});

test('it never holds more keys than it may', () => {
  const memo = new BoundedMemo<number, number>(3);
  for (let key = 0; key < 100; key++) {
    expect(memo.get(key, () => -key)).toBe(-key);
    expect(memo.size).toBeLessThanOrEqual(3);
  }
});
