import { expect, test, vi } from 'vitest';
import { monitorLoopDelay } from '../../../src/server/timing/loop-delay.ts';

/** What Node measures with looks 10 ms apart, in nanoseconds. */
const measured = vi.hoisted(() => ({ 50: 10.1e6, 99: 42.5e6, max: 9e6, count: 90 }));

vi.mock('node:perf_hooks', () => ({
  monitorEventLoopDelay: () => ({
    ...measured,
    percentile: (share: 50 | 99) => measured[share],
    enable: () => undefined,
    disable: () => undefined,
    reset: () => undefined,
  }),
}));

test('tells every second how late the loop was, without the time between two looks, for ten minutes', () => {
  vi.useFakeTimers();
  let second = 0;
  const monitor = monitorLoopDelay(() => ++second);
  vi.advanceTimersByTime(2_000);
  expect(monitor.history()).toEqual([
    { at: 1, p50: 0.1, p99: 32.5, max: 0 },
    { at: 2, p50: 0.1, p99: 32.5, max: 0 },
  ]);
  vi.advanceTimersByTime(600_000);
  expect(monitor.history()).toHaveLength(600);
  expect(monitor.history()[0]?.at).toBe(3);
  monitor.stop();
  vi.advanceTimersByTime(2_000);
  expect(second).toBe(602);
  vi.useRealTimers();
});
