import { expect, test } from 'vitest';
import { atOnce } from '../../../src/core/at-once.ts';
import { perObjectInSteps } from '../../../src/core/memo/per-object-in-steps.ts';

function counted() {
  let looked = 0;
  const sum = perObjectInSteps(function* (numbers: readonly number[]) {
    looked += 1;
    let total = 0;
    for (const number of numbers) {
      total += number;
      yield;
    }
    return total;
  });
  return { sum, looked: () => looked };
}

test('what was found at once takes no step', () => {
  const { sum, looked } = counted();
  const numbers = [1, 2, 3];
  expect(sum(numbers)).toBe(6);
  expect(sum.inSteps(numbers).next()).toEqual({ done: true, value: 6 });
  expect(looked()).toBe(1);
});

test('what was found in steps is remembered, for each object by itself', () => {
  const { sum, looked } = counted();
  const numbers = [1, 2, 3];
  const steps = sum.inSteps(numbers);
  expect([steps.next().done, steps.next().done, steps.next().done]).toEqual([false, false, false]);
  expect(atOnce(steps)).toBe(6);
  expect([sum(numbers), sum([1, 2, 3])]).toEqual([6, 6]);
  expect(looked()).toBe(2);
});
