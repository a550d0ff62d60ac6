import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Stall } from '../../../src/core/backoff/kit/rule-evidence.ts';
import { judge } from '../../../src/core/backoff/verdict/judge.ts';
import { policyOf } from '../../../src/core/policy/policy-of.ts';
import { journalEntry } from '../../support/journal-entry.ts';

/** One call each: when it came, and for how long it was told to wait. */
const calls = fc.array(
  fc.record({ at: fc.nat(10_000), waitMs: fc.option(fc.integer({ min: 1_000, max: 6_000 })), key: fc.constantFrom('a', 'b') }),
  { minLength: 2, maxLength: 60 },
);

/** What may be under way as a wait is told. */
const UNDER_WAY_MS = 250;

/** One call told to wait for 3 s at 1 ms, and others that come at these times. */
function fleet(others: readonly { readonly at: number }[], stalls: readonly Stall[] = []) {
  const limited = { status: 429, hint: { header: 'retry-after', raw: '3', dueAt: 3_001 } } as const;
  const entries = [{ at: 0 }, ...others].map(({ at }, index) =>
    journalEntry({
      seq: index + 1,
      logicalId: `call-${index}`,
      logicalIdFrom: 'path',
      certainty: 'exact',
      connId: index,
      t_headers: at,
      ...(index === 0 ? limited : {}),
    }),
  );
  const policy = policyOf({ rules: { cools_down_key: 'fail' } });
  const { findings } = judge(entries, { watchedUntil: 20_000, clientEndedAt: 20_000, stalls }, policy, NO_RULES);
  return findings.find(({ rule }) => rule === 'cools_down_key')?.verdict;
}

const NO_RULES = { name: 't', seed: 1, rules: [] };
const later = Array.from({ length: 20 }, (_, index) => ({ at: 3_100 + index * 100 }));

test('calls that are under way when the wait is told accuse nobody, even where the policy asks', () => {
  const underWay = [20, 60, 120, 240].map((at) => ({ at }));
  expect(fleet([...underWay, ...later])).toBe('pass');
});

test('a machine that stands still delays what was under way', () => {
  const late = [400, 500, 600].map((at) => ({ at }));
  expect(fleet([...late, ...later], [{ at: 200, ms: 700 }])).toBe('pass');
  expect(fleet([...late, ...later])).toBe('fail');
});

test('calls that begin while the key is told to wait fail where the policy asks; one alone is forgiven', () => {
  expect(fleet([{ at: 1_000 }, ...later])).toBe('info');
  expect(fleet([{ at: 1_000 }, { at: 2_000 }, ...later])).toBe('fail');
});

test('a call counts that began while another call of its key was told to wait', () => {
  fc.assert(
    fc.property(calls, (made) => {
      const sorted = made.toSorted((a, b) => a.at - b.at).map((call, index) => ({ ...call, at: call.at + index * 2 }));
      const entries = sorted.map(({ at, waitMs, key }, index) =>
        journalEntry({
          seq: index + 1,
          logicalId: `#${index}`,
          logicalIdFrom: 'first',
          certainty: 'exact',
          bodySha256: `${index}`,
          authorizationHash: key,
          t_headers: at,
          ...(waitMs === null
            ? { status: 200 }
            : { status: 429, hint: { header: 'retry-after-ms', raw: String(waitMs), dueAt: at + 1 + waitMs } }),
        }),
      );
      const { findings } = judge(entries, { watchedUntil: 20_000, clientEndedAt: 20_000 }, policyOf(), {
        name: 't',
        seed: 1,
        rules: [],
      });
      const windows = sorted.flatMap(({ at, waitMs, key }, id) =>
        waitMs === null ? [] : [{ id, key, from: at + 1 + UNDER_WAY_MS, to: at + 1 + waitMs }],
      );
      const firstFrom = Math.min(...windows.map(({ from }) => from));
      const later = sorted.map((call, id) => ({ ...call, id })).filter(({ at }) => at > firstFrom);
      const inside = later.filter(({ id, at, key }) =>
        windows.some((window) => window.id !== id && window.key === key && at > window.from && at < window.to),
      );
      const found = findings.find(({ rule }) => rule === 'cools_down_key');
      if (windows.length === 0 || later.length === 0) expect(found?.verdict).toBe('not_applicable');
      else expect(found).toMatchObject({ n: later.length, statistic: { value: inside.length / later.length } });
      expect((found?.evidence.length ?? 0) + (found?.evidenceLeftOut ?? 0)).toBe(inside.length);
    }),
  );
});
