import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Batch } from '../../src/server/batch.ts';

const nextTick = () => new Promise<void>((resolve) => process.nextTick(resolve));

test('answers are made when the turn is over, and leave when all of them are made', async () => {
  const batch = new Batch();
  const seen: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    batch.enqueue(() => {
      seen.push(`make ${name}`);
      batch.defer(() => seen.push(`send ${name}`));
    });
  }
  expect(seen).toEqual([]);
  await nextTurn();
  expect(seen).toEqual(['make a', 'make b', 'make c', 'send a', 'send b', 'send c']);
});

test('what is ready outside of a batch leaves at the end of the turn', async () => {
  const batch = new Batch();
  let sent = 0;
  batch.defer(() => (sent += 1));
  expect(sent).toBe(0);
  await nextTurn();
  expect(sent).toBe(1);
});

test('many requests of one turn do not wait for its end, and each is answered once, in order', async () => {
  const batch = new Batch();
  const made: number[] = [];
  const sent: number[] = [];
  const arrive = (number: number) =>
    batch.enqueue(() => {
      made.push(number);
      batch.defer(() => sent.push(number));
    });
  for (let number = 0; number < 16; number++) arrive(number);
  await nextTick();
  const all = Array.from({ length: 16 }, (_, number) => number);
  expect(made).toEqual(all);
  expect(sent).toEqual(all);
  for (let number = 16; number < 40; number++) arrive(number);
  await nextTurn();
  expect(sent).toEqual(Array.from({ length: 40 }, (_, number) => number));
  expect(made).toEqual(sent);
});

test('what comes while answers are made has its turn, too', async () => {
  const batch = new Batch();
  const made: string[] = [];
  batch.enqueue(() => {
    made.push('first');
    batch.enqueue(() => made.push('second'));
  });
  await nextTurn();
  await nextTurn();
  expect(made).toEqual(['first', 'second']);
});
