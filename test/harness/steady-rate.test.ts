import { expect, test } from 'vitest';
import { SteadyRate } from '../../src/harness/steady-rate.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

interface Course {
  readonly perSecond: number;
  readonly forMs: number;
  /** What one act takes; of it, time passes for nobody else. */
  takesMs?(nth: number): number;
  readonly stopAt?: number;
}

/** The times of the acts, from 100 ms on, and how many had no time to come. */
async function timesOf({ perSecond, forMs, takesMs, stopAt }: Course) {
  const clock = new VirtualClock();
  let lost = 0;
  const times: number[] = [];
  let missed: number | undefined;
  const over = new Promise<void>((resolve) => {
    const rate = new SteadyRate({
      clock: { now: () => clock.now() + lost, after: (ms, fire) => clock.after(ms, fire) },
      from: 100,
      forMs,
      perSecond,
      act: () => {
        times.push(clock.now() + lost - 100);
        lost += takesMs?.(times.length) ?? 0;
      },
      over: (count) => {
        missed = count;
        resolve();
      },
    });
    rate.start();
    if (stopAt !== undefined) clock.after(100 + stopAt, () => rate.stop());
  });
  await clock.run(over, 100 + forMs + 60_000);
  return { times, missed };
}

test('forty a second are one each 25 ms, as many as fit into the time', async () => {
  const { times, missed } = await timesOf({ perSecond: 40, forMs: 6_000 });
  expect(times).toEqual(Array.from({ length: 240 }, (_, nth) => nth * 25));
  expect(missed).toBe(0);
});

test.each([
  [0.5, 3_000, 2],
  [3, 1_000, 3],
  [7, 10_000, 70],
  [1_000, 2_000, 2_000],
  [10_000, 300, 3_000],
])('%d a second within %d ms are %d, none early and none late by a millisecond', async (perSecond, forMs, count) => {
  const { times } = await timesOf({ perSecond, forMs });
  expect(times).toHaveLength(count);
  const late = times.map((at, nth) => at - (nth * 1_000) / perSecond);
  expect(Math.min(...late)).toBeGreaterThanOrEqual(-1e-6);
  expect(Math.max(...late)).toBeLessThanOrEqual(1 + 1e-6);
});

test('what is late is made up for, and moves none of those after it', async () => {
  const { times } = await timesOf({ perSecond: 40, forMs: 1_000, takesMs: (nth) => (nth === 3 ? 110 : 0) });
  expect(times.slice(0, 10)).toEqual([0, 25, 50, 160, 160, 160, 160, 175, 200, 225]);
  expect(times).toHaveLength(40);
});

test('a machine that is too slow for the rate says how many did not come', async () => {
  const { times, missed } = await timesOf({ perSecond: 1_000, forMs: 2_000, takesMs: () => 10 });
  expect(times.length).toBeGreaterThan(300);
  expect(missed).toBe(2_000 - times.length);
});

test('nothing comes after a stop', async () => {
  const { times, missed } = await timesOf({ perSecond: 40, forMs: 1_000, stopAt: 110 });
  expect(times).toEqual([0, 25, 50, 75, 100]);
  expect(missed).toBeUndefined();
});
