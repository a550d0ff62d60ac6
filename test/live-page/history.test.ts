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

test('a mock that has begun anew is shown from its beginning', () => {
  const history = new History();
  for (const seq of [5_000_000, 5_000_001]) history.decided(decided(seq));
  history.connected();
  history.decided(decided(3));
  expect([...history.calls.keys()]).toEqual(['#3']);
  expect(history.inFlight).toBe(1);
  expect(history.look(5_000).attempts).toBe(0);
  expect(history.now()).toBeLessThan(5_000_000);
});

test('a connection that was lost for a moment costs nothing but what was under way', () => {
  const history = new History();
  for (const seq of [1, 2]) history.decided(decided(seq));
  history.connected();
  history.decided(decided(3));
  expect([...history.calls.keys()]).toEqual(['#1', '#2', '#3']);
  expect(history.inFlight).toBe(1);
});
