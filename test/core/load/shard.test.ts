import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SAMPLE_ERROR_MS, samplesIn, sampleText } from '../../../src/core/load/sample-text.ts';
import { isInShard, parseShard, shareOf } from '../../../src/core/load/shard.ts';

test('a shard is a number from 1 to how many there are', () => {
  expect(parseShard('2/8')).toEqual({ index: 2, of: 8 });
  expect(parseShard('1000/1000')).toEqual({ index: 1_000, of: 1_000 });
  for (const wrong of ['0/8', '9/8', '2', '2/8/9', 'a/b', '-1/8', '1/1001', '1.5/2', ''])
    expect(parseShard(wrong)).toBeUndefined();
});

test('each thing is in one shard, and shares add up to all', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(500), (of, total) => {
      const shards = Array.from({ length: of }, (_, at) => ({ index: at + 1, of }));
      expect(shards.reduce((sum, shard) => sum + shareOf(total, shard), 0)).toBe(total);
      for (let place = 0; place < 60; place++) expect(shards.filter((shard) => isInShard(place, shard))).toHaveLength(1);
    }),
  );
});

test('samples that are written and read again are those that were, within the stated error', () => {
  const sample = fc.double({ min: -1e4, max: 1e8, noNaN: true });
  fc.assert(
    fc.property(fc.array(sample), (samples) => {
      const read = samplesIn(sampleText(samples)) ?? [];
      expect(read).toHaveLength(samples.length);
      for (const [at, value] of read.entries())
        expect(Math.abs(value - (samples[at] ?? 0))).toBeLessThanOrEqual(SAMPLE_ERROR_MS + 1e-6);
    }),
  );
  expect(samplesIn('1 two 3')).toBeUndefined();
});
