import fc from 'fast-check';
import { expect, test } from 'vitest';
import { draw, fork } from '../../src/core/random.ts';

test('draws the same for the same seed and labels, in any order', () => {
  fc.assert(
    fc.property(fc.integer(), fc.array(fc.string(), { maxLength: 4 }), (seed, labels) => {
      const first = draw(seed, ...labels);
      draw(seed, 'something else');
      expect(draw(seed, ...labels)).toBe(first);
      expect(first).toBeGreaterThanOrEqual(0);
      expect(first).toBeLessThan(1);
    }),
  );
});

test('keeps labels apart that join to the same text', () => {
  expect(draw(1, 'ab', 'c')).not.toBe(draw(1, 'a', 'bc'));
  expect(draw(1, '2', 'c')).not.toBe(draw(12, 'c'));
});

test('spreads first draws evenly over labels that differ in one number', () => {
  const bins = new Array<number>(20).fill(0);
  const n = 20_000;
  for (let i = 0; i < n; i++) {
    const bin = Math.floor(draw(7, 'rule', `call ${i}`, 1) * bins.length);
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  const expected = n / bins.length;
  const chiSquare = bins.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // 19 degrees of freedom: 43.8 is the 0.999 quantile. The draws are fixed, so this cannot flake.
  expect(chiSquare).toBeLessThan(43.8);
});

test('gives a fork its own stream', () => {
  const [a, b] = [fork(1, 'a'), fork(1, 'b')];
  const pairs = Array.from({ length: 2_000 }, () => [a() - 0.5, b() - 0.5] as const);
  const correlation = pairs.reduce((sum, [x, y]) => sum + x * y, 0) / pairs.length / (1 / 12);
  expect(Math.abs(correlation)).toBeLessThan(0.08);
});
