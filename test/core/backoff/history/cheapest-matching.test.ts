import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cheapestMatching, type Pairing } from '../../../../src/core/backoff/history/cheapest-matching.ts';

/** The least that so many pairs can cost, by trying all; undefined where there are not so many. */
function least({ items, cost }: Pairing, pairs: number): number | undefined {
  const found: number[] = [];
  const take = (from: number, taken: ReadonlySet<number>, sum: number, left: number) => {
    if (left === 0) found.push(sum);
    if (left === 0 || from === items) return;
    take(from + 1, taken, sum, left);
    for (let to = 0; to < items; to++) {
      const one = cost(from, to);
      if (one !== undefined && !taken.has(to)) take(from + 1, new Set([...taken, to]), sum + one, left - 1);
    }
  };
  take(0, new Set(), 0, pairs);
  return found.length === 0 ? undefined : Math.min(...found);
}

test('a matching has as many pairs as asked, no item twice, and costs as little as any', () => {
  const costs = fc.array(fc.constantFrom(0, 1, undefined), { minLength: 15, maxLength: 15 });
  fc.assert(
    fc.property(costs, fc.integer({ min: 0, max: 5 }), (given, pairs) => {
      const cost = (from: number, to: number) => (from < to ? given[(to * (to - 1)) / 2 + from] : undefined) as 0 | 1 | undefined;
      const before = cheapestMatching({ items: 6, cost }, pairs);
      const used = (before ?? []).flatMap((from, to) => (from < 0 ? [] : [{ from, to }]));
      const sum = used.reduce((total, { from, to }) => total + (cost(from, to) ?? Number.NaN), 0);
      expect(before === undefined ? undefined : sum).toBe(least({ items: 6, cost }, pairs));
      if (before !== undefined) expect([used.length, new Set(used.map(({ from }) => from)).size]).toEqual([pairs, pairs]);
    }),
    { numRuns: 300 },
  );
});
