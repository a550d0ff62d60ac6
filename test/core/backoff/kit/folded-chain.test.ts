import { expect, test } from 'vitest';
import { historiesOf } from '../../../../src/core/backoff/history/history.ts';
import { foldedChain } from '../../../../src/core/backoff/kit/folded-chain.ts';
import { type Exchange, journalOf } from '../../../support/exchanges.ts';

/** The line of one call whose attempts come at these times, in milliseconds. */
function lineOf(exchanges: readonly Omit<Exchange, 'call'>[]): string {
  const [call] = historiesOf(journalOf(exchanges.map((exchange) => ({ call: 'a', tookMs: 0, ...exchange }))));
  return call === undefined ? expect.unreachable() : foldedChain(call);
}

const hot = (attempts: number, everyMs: number, from = 0) =>
  Array.from({ length: attempts }, (_, at) => ({ at: from + at * everyMs + (at % 3), status: 503 }));

test('equal attempts at equal intervals are told once', () => {
  expect(lineOf(hot(20, 100))).toMatch(/^20 × 503( \S+)?, each after 0\.10 s$/);
  expect(lineOf(hot(5_000, 3))).toMatch(/^5000 × 503( \S+)?, each after 0\.003 s$/);
});

test('what comes before and after equal attempts stands beside them', () => {
  const line = lineOf([{ at: 0, status: 500 }, ...hot(6, 100, 700), { at: 1_700, status: 200 }]);
  expect(line).toMatch(/^500( \S+)? → 0\.7\d\d s → 6 × 503( \S+)?, each after 0\.10 s → 0\.49\d s → 200$/);
});

test('waits that grow are told one by one', () => {
  const line = lineOf([0, 100, 300, 700, 1_500].map((at) => ({ at, status: 503 })));
  expect(line.match(/→ \d\.\d{3} s →/g)).toHaveLength(4);
  expect(line).not.toContain('×');
});

test('a few equal attempts are told with all their figures', () => {
  expect(lineOf(hot(3, 100))).not.toContain('×');
  expect(lineOf(hot(4, 100))).toContain('4 ×');
});

test('of many attempts that end alike, uneven waits are told by the shortest and the longest', () => {
  const waits = [0, 110, 250, 660, 780, 900, 1_020, 1_300, 1_410, 1_530].map((at) => ({ at, status: 503 }));
  expect(lineOf(waits)).toMatch(/^10 × 503( \S+)?, each after 0\.11 to 0\.41 s$/);
});

test('a long chain that cannot be folded says how long it is', () => {
  const line = lineOf(Array.from({ length: 40 }, (_, at) => ({ at: at * at * 40, status: at % 2 === 0 ? 503 : 500 })));
  expect(line).toMatch(/ → … \(40 attempts\)$/);
  expect(line.length).toBeLessThan(600);
});
