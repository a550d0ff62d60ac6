import { expect, test } from 'vitest';
import { History } from '../../live-page/history.ts';

const decided = (seq: number) => ({ seq, logicalId: `#${seq}`, attemptSeq: 1, t_headers: seq });

const ended = (seq: number) => ({
  ...decided(seq),
  t_end: seq + 1,
  status: 200,
  closedBy: null,
  hint: null,
  faultApplied: null,
  queuedMs: null,
  billedTokens: 0,
  retryable: false,
});

test('requests whose ends were not told are not under way for ever', () => {
  const history = new History();
  for (const seq of [1, 2, 3]) history.decided(decided(seq));
  history.ended(ended(1));
  expect(history.inFlight).toBe(2);
  history.missed();
  history.decided(decided(9));
  expect(history.inFlight).toBe(1);
  history.ended(ended(3));
  history.ended(ended(9));
  expect(history.inFlight).toBe(0);
});
