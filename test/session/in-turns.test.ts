import { expect, test } from 'vitest';
import type { Steps } from '../../src/core/at-once.ts';
import { inTurns } from '../../src/session/in-turns.ts';

/** Works for so long in each step. */
function* busy(steps: number, ms: number, seen: () => void = () => {}): Steps<number> {
  for (let step = 0; step < steps; step++) {
    const until = performance.now() + ms;
    while (performance.now() < until);
    seen();
    yield;
  }
  return steps;
}

test('timers go on between steps, and the result comes at the end', async () => {
  let ticks = 0;
  const timer = setInterval(() => (ticks += 1), 1);
  expect(await inTurns(busy(10, 15))).toBe(10);
  clearInterval(timer);
  expect(ticks).toBeGreaterThanOrEqual(9);
});

test('of several, one has its turn each time that the loop comes around', async () => {
  const order: string[] = [];
  const as = (name: string) => () => {
    order.push(name);
    setImmediate(() => order.push('|'));
  };
  await Promise.all([inTurns(busy(3, 15, as('a'))), inTurns(busy(3, 15, as('b')))]);
  expect(order.join('')).not.toMatch(/[ab]{2}/);
});

test('what a step throws is what it rejects with', async () => {
  // biome-ignore lint/correctness/useYield: it fails before.
  function* broken(): Steps<void> {
    throw new Error('broken');
  }
  await expect(inTurns(broken())).rejects.toThrow('broken');
});
