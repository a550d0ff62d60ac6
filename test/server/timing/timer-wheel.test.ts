import { getActiveResourcesInfo } from 'node:process';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { TimerWheel } from '../../../src/server/timing/timer-wheel.ts';

const now = () => performance.now();

function sleeper(woken: string[], name: string) {
  return { awaken: () => void woken.push(name) };
}

const timers = () => getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

test('nobody is woken before the time', async () => {
  const alarms = new TimerWheel(now);
  const times = Array.from({ length: 200 }, (_, each) => now() + 1 + each / 7);
  const late = await Promise.all(
    times.map((at) => new Promise<number>((resolve) => alarms.set(at, { awaken: () => resolve(now() - at) }))),
  );
  expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
});

test('those of one millisecond are woken in order, by one timer', async () => {
  const alarms = new TimerWheel(now);
  const woken: string[] = [];
  const at = Math.ceil(now()) + 20;
  const before = timers();
  for (const name of ['a', 'b', 'c']) alarms.set(at - 0.5, sleeper(woken, name));
  expect(timers()).toBe(before + 1);
  await sleep(25);
  expect(woken).toEqual(['a', 'b', 'c']);
});

test('when many are due, others get their turn in between', async () => {
  const alarms = new TimerWheel(now);
  const woken: string[] = [];
  const seen: number[] = [];
  const at = now() + 5;
  const first = new Promise<void>((resolve) => alarms.set(at, { awaken: resolve }));
  for (let each = 0; each < 300; each++) alarms.set(at, sleeper(woken, String(each)));
  await first;
  while (woken.length < 300) {
    seen.push(woken.length);
    await nextTurn();
  }
  expect(seen.length).toBeGreaterThan(2);
  expect(woken).toEqual(Array.from({ length: 300 }, (_, each) => String(each)));
});

test('who gives up is not woken, and the last one takes the timer along', async () => {
  const alarms = new TimerWheel(now);
  const woken: string[] = [];
  const before = timers();
  const at = now() + 15;
  const [a, b] = [sleeper(woken, 'a'), sleeper(woken, 'b')];
  const alarm = alarms.set(at, a);
  alarms.set(at, b).cancel(b);
  expect(timers()).toBe(before + 1);
  alarm.cancel(a);
  expect(timers()).toBe(before);
  // A new one for the same time has a timer of its own.
  await new Promise<void>((resolve) => alarms.set(at, { awaken: resolve }));
  expect(woken).toEqual([]);
});
