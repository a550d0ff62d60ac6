import { expect, test } from 'vitest';
import { judgingPause } from '../../../src/server/admin/judging-pause.ts';

/** What judging takes of the loop: its turn, of turn and pause. */
const share = (how: { isStale: boolean; isFirst: boolean }) => 2 / (2 + judgingPause(2, how));

test.each([
  ['a fiftieth while requests come', { isStale: true, isFirst: false }, 1 / 50],
  ['a fifth while nothing happens', { isStale: false, isFirst: false }, 1 / 5],
  ['a fifth for the first verdict, although requests come', { isStale: true, isFirst: true }, 1 / 5],
])('judging takes %s', (_what, how, expected) => {
  expect(share(how)).toBeCloseTo(expected);
});
