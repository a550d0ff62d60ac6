import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Outbox } from '../../src/cluster/outbox.ts';

test('what is told in one turn leaves together, in order', async () => {
  const sent: (readonly number[])[] = [];
  const outbox = new Outbox<number>((batch) => sent.push(batch));
  outbox.tell(1);
  outbox.tell(2);
  expect([sent, outbox.holds(2)]).toEqual([[], true]);
  await setImmediate();
  expect([sent, outbox.holds(2)]).toEqual([[[1, 2]], false]);
  outbox.tell(3);
  outbox.flush();
  await setImmediate();
  expect(sent).toEqual([[1, 2], [3]]);
});

test('what comes to mind as the rest leaves goes with it, and nothing is sent when there is nothing', async () => {
  const sent: (readonly string[])[] = [];
  const late = ['loop delay'];
  const outbox: Outbox<string> = new Outbox<string>(
    (batch) => sent.push(batch),
    () => {
      for (const message of late.splice(0)) outbox.tell(message);
    },
  );
  outbox.tell('first');
  await setImmediate();
  outbox.wake();
  await setImmediate();
  expect(sent).toEqual([['first', 'loop delay']]);
});
