import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judge } from '../../../src/core/backoff/verdict/judge.ts';
import { policyOf } from '../../../src/core/policy/policy-of.ts';
import { journalEntry } from '../../support/journal-entry.ts';

/** One call each: when it came, and for how long it was told to wait. */
const calls = fc.array(
  fc.record({ at: fc.nat(10_000), waitMs: fc.option(fc.integer({ min: 1_000, max: 6_000 })), key: fc.constantFrom('a', 'b') }),
  { minLength: 2, maxLength: 60 },
);

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
        waitMs === null ? [] : [{ id, key, from: at + 1, to: at + 1 + waitMs }],
      );
      const firstFrom = Math.min(...windows.map(({ from }) => from));
      const later = sorted.map((call, id) => ({ ...call, id })).filter(({ at }) => at > firstFrom);
      const inside = later.filter(({ id, at, key }) =>
        windows.some((window) => window.id !== id && window.key === key && at > window.from && at < window.to),
      );
      const found = findings.find(({ rule }) => rule === 'cools_down_key');
      if (windows.length === 0 || later.length === 0) expect(found?.verdict).toBe('not_applicable');
      else expect(found).toMatchObject({ n: later.length, statistic: { value: inside.length / later.length } });
    }),
  );
});
