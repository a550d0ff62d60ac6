import fc from 'fast-check';
import { expect, test } from 'vitest';
import { atOnce } from '../../../src/core/at-once.ts';
import { groupBy } from '../../../src/core/collections/group-by.ts';
import { groupByInSteps } from '../../../src/core/collections/group-by-in-steps.ts';

test('groups made in steps are those made at once, in the same order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5), { minLength: 10_000, maxLength: 12_000 }), (items) => {
      const keyOf = (item: number) => item % 4;
      expect([...atOnce(groupByInSteps(items, keyOf))]).toEqual([...groupBy(items, keyOf)]);
    }),
    { numRuns: 5 },
  );
});

test('a long list takes several steps', () => {
  const steps = groupByInSteps(Array.from({ length: 12_000 }).fill(0), () => 'all');
  expect([steps.next().done, steps.next().done, steps.next().done, steps.next().done]).toEqual([false, false, false, true]);
});
