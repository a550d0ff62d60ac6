import { expect, test } from 'vitest';
import { hasTooManyValues } from '../../src/exchange/has-too-many-values.ts';
import { stopwatch } from '../support/cpu-time.ts';

const bodyOf = (value: unknown) => Buffer.from(JSON.stringify(value));
const keyed = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));

test('members, objects and lists are counted, and values of lists', () => {
  expect(hasTooManyValues(bodyOf(keyed(39_000)))).toBe(false);
  expect(hasTooManyValues(bodyOf(keyed(41_000)))).toBe(true);
  expect(hasTooManyValues(bodyOf(Array(300_000).fill(1)))).toBe(false);
  expect(hasTooManyValues(bodyOf(Array(600_000).fill(1)))).toBe(true);
  expect(hasTooManyValues(Buffer.from('['.repeat(50_000)))).toBe(true);
});

test('signs in texts do not count, whatever is escaped in them', () => {
  const text = (unit: string) => bodyOf({ text: unit.repeat(700_000), more: [1, 2] });
  for (const unit of [',', ':', '{[', '\\', '"', '\\"', '",:"{']) expect(hasTooManyValues(text(unit))).toBe(false);
});

test('a body of 20 MB takes little time', () => {
  const bodies = ['a,b: ', '"', '\\', 'x', '\\"'].map((unit) => bodyOf({ text: unit.repeat(10_000_000 / unit.length) }));
  const open = Buffer.from(`"${'\\'.repeat(20_000_000)}`);
  for (const body of [...bodies, open]) {
    const cpuMs = stopwatch();
    hasTooManyValues(body);
    expect(cpuMs()).toBeLessThan(250);
  }
});
