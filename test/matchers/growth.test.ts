import { expect, test } from 'vitest';
import { fork, type Random } from '../../src/core/random.ts';
import { contradictsGrowth, type Wait } from '../../src/matchers/growth.ts';

const JITTER: Record<string, (ms: number, random: Random) => number> = {
  none: (ms, random) => ms + 1 + 3 * random(),
  proportional: (ms, random) => ms * (1 - 0.25 * random()),
  equal: (ms, random) => ms * (1 - 0.5 * random()),
  full: (ms, random) => ms * random(),
};

/** The share of runs whose waits speak against growth by 2. */
function shareAgainst(jitter: string, growth: number, { retries, calls }: { retries: number; calls: number }): number {
  const runs = 1_000;
  let against = 0;
  for (let run = 0; run < runs; run++) {
    const random = fork('growth', jitter, growth, retries, run);
    const waits = Array.from({ length: calls * retries }, (_, i): Wait => {
      const step = i % retries;
      return { step, ms: JITTER[jitter]?.(500 * growth ** step, random) ?? 0 };
    });
    if (contradictsGrowth(waits, 2)) against += 1;
  }
  return against / runs;
}

test.each(Object.keys(JITTER))('hardly ever accuses a client that doubles its waits, jitter: %s', (jitter) => {
  expect(shareAgainst(jitter, 2, { retries: 2, calls: 1 })).toBeLessThan(0.04);
  expect(shareAgainst(jitter, 2, { retries: 3, calls: 1 })).toBeLessThan(0.01);
  expect(shareAgainst(jitter, 2, { retries: 4, calls: 1 })).toBeLessThan(0.005);
  expect(shareAgainst(jitter, 2, { retries: 3, calls: 5 })).toBe(0);
});

test('finds out a client that always waits equally long', () => {
  expect(shareAgainst('none', 1, { retries: 2, calls: 1 })).toBe(1);
  expect(shareAgainst('proportional', 1, { retries: 4, calls: 1 })).toBeGreaterThan(0.8);
  for (const jitter of Object.keys(JITTER)) expect(shareAgainst(jitter, 1, { retries: 3, calls: 15 })).toBeGreaterThan(0.9);
});

test.each([
  ['capped growth', [500, 1_000, 2_000, 2_000, 2_000, 2_000], 2, false],
  ['faster growth', [100, 300, 900, 2_700], 2, false],
  ['doubling, where tenfold was asked for', [500, 1_000, 2_000, 4_000], 10, true],
  ['waits that shrink', [2_000, 1_000, 500, 250], 2, true],
  ['an immediate first retry', [1, 1_000, 2_000, 4_000], 2, false],
])('judges %s', (_what, waits, factor, against) => {
  const steps = waits.map((ms, step) => ({ step, ms }));
  expect(contradictsGrowth(steps, factor)).toBe(against);
});
