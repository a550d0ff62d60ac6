import { expect, test } from 'vitest';
import { type Start, Turns } from '../../src/harness/turns.ts';

/** A start that goes on until it is told how it went. */
function starting() {
  let tell: (how: Start) => void = () => undefined;
  const went = new Promise<Start>((resolve) => (tell = resolve));
  return { went, tell };
}

test('so many calls start at a time; the next one when one has sent something, is over, or stays silent', async () => {
  const turns = new Turns(2);
  const starts = Array.from({ length: 5 }, starting);
  const begun: number[] = [];
  const taken = starts.map(({ went }, at) =>
    turns.take(() => {
      begun.push(at);
      return went;
    }),
  );
  const order: Start[] = ['sent', 'over before', 'silent', 'sent', 'sent'];
  for (const [at, how] of order.entries()) {
    await expect.poll(() => begun).toEqual([0, 1, 2, 3, 4].slice(0, Math.min(at + 2, 5)));
    expect(turns.areGoingOn).toBe(true);
    starts[at]?.tell(how);
    await taken[at];
  }
  await expect.poll(() => turns.areGoingOn).toBe(false);
});

test.each<[string, Start[], boolean]>([
  ['none has sent anything, and one was silent', ['over before', 'silent'], true],
  ['one was silent, and one before it was not', ['sent', 'silent'], false],
  ['all were over before they sent anything', ['over before', 'over before'], false],
])('a client is mute, or not, when %s', async (_when, hows, mute) => {
  const turns = new Turns(1);
  for (const how of hows) await turns.take(async () => how);
  expect(turns.mute.aborted).toBe(mute);
});
