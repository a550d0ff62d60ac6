import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventfulCalls } from '../../../src/core/backoff/history/eventful-calls.ts';
import { isRetryable } from '../../../src/core/backoff/history/invites-retry.ts';
import type { RunContext } from '../../../src/core/backoff/kit/rule-evidence.ts';
import { backoffRules } from '../../../src/core/backoff/registry.ts';
import { evidenceOf } from '../../../src/core/backoff/verdict/evidence-set.ts';
import { judgeRule } from '../../../src/core/backoff/verdict/judge-rule.ts';
import { EVIDENCE } from '../../../src/core/correlation/correlation.ts';
import { faults } from '../../../src/core/faults/registry.ts';
import type { JournalEntry } from '../../../src/core/journal/entry.ts';
import { policyOf } from '../../../src/core/policy/policy-of.ts';
import { policySchema } from '../../../src/core/policy/policy-schema.ts';
import { type Exchange, journalOf, T0 } from '../../support/exchanges.ts';
import { propertyRuns } from '../../support/property-runs.ts';

const SHORT_OF_ALL = backoffRules.filter(({ looksAt }) => looksAt === 'eventful calls');

const someFault = fc.constantFrom(
  ...faults.flatMap(({ name, params }) => {
    const parsed = params.safeParse({});
    return parsed.success ? [{ rule: 'rule 1', faults: [{ name, params: parsed.data as never }] }] : [];
  }),
);

/** How one request went. */
const attempt = fc.record({
  status: fc.constantFrom(200, 200, 200, 429, 500, 503, 400, 401, null),
  waitMs: fc.constantFrom(0, 2, 20, 300, 1_000, 2_000, 40_000),
  tookMs: fc.constantFrom(0, 10, 2_500),
  retryAfter: fc.option(fc.constantFrom(0, 1, 2, 60), { nil: undefined, freq: 3 }),
  left: fc.integer({ min: 0, max: 9 }).map((die) => die === 0),
  fault: fc.option(someFault, { nil: null }),
  more: fc.record<Partial<JournalEntry>>(
    {
      stream: fc.boolean(),
      model: fc.constantFrom('gpt-4o', 'gpt-4o-mini'),
      connReqSeq: fc.integer({ min: 1, max: 3 }),
      chunksOut: fc.integer({ min: 0, max: 2 }),
      shouldRetry: fc.constantFrom('true', 'false'),
      authorizationHash: fc.constantFrom('a', 'b'),
      headers: fc.constantFrom(
        {},
        { 'x-stainless-retry-count': '0' },
        { 'x-stainless-retry-count': '1' },
        { 'idempotency-key': 'k' },
      ),
    },
    { requiredKeys: [] },
  ),
});

/** One call, as the correlation took it. */
const call = fc.record({
  name: fc.integer({ min: 0, max: 40 }).map((name) => `c${name}`),
  at: fc.integer({ min: 0, max: 30_000 }),
  from: fc.constantFrom(...EVIDENCE),
  certainty: fc.constantFrom<JournalEntry['certainty']>('exact', 'exact', 'likely', 'ambiguous'),
  body: fc.constantFrom(undefined, 'the same', 'something else'),
  attempts: fc.array(attempt, { minLength: 1, maxLength: 5 }),
});

/** What makes rules that need many calls speak: many of them go one way. */
const crowd = fc.record({
  calls: fc.constantFrom(0, 0, 25),
  attempts: fc.array(attempt, { minLength: 1, maxLength: 5 }),
});

const circumstances = fc.record({
  watchedForMs: fc.constantFrom(5_000, 60_000),
  ended: fc.boolean(),
  outcome: fc.constantFrom(undefined, true, false, null),
  outages: fc.constantFrom([], [{ from: T0, to: T0 + 10_000 }]),
  stalls: fc.constantFrom([], [{ at: T0 + 1_000, ms: 300 }]),
});

const policy = fc
  .constantFrom({}, { max_attempts: 3 }, { retries: [500, 503] }, { never_retries: [503] }, { calls: 'unique' }, { calls: 10 })
  .map((spec) => policyOf(policySchema.parse(spec)));

function exchangesOf({ name, at, from, certainty, body, attempts }: typeof call extends fc.Arbitrary<infer Call> ? Call : never) {
  let next = at;
  return attempts.map(({ status, waitMs, tookMs, retryAfter, left, fault, more }): Exchange => {
    const exchange: Exchange = {
      call: name,
      at: next,
      status,
      tookMs,
      left,
      ...(retryAfter === undefined ? {} : { retryAfter }),
      more: {
        logicalIdFrom: from,
        certainty,
        ...(from === 'path' ? {} : { logicalId: name }),
        ...(body === undefined ? {} : { bodySha256: body }),
        faultApplied: fault,
        ...more,
      },
    };
    next += tookMs + waitMs;
    return exchange;
  });
}

test('what a rule says that is handed eventful calls is what it says of all', () => {
  const leftOut = { some: 0 };
  const spoke = new Set<string>();
  fc.assert(
    fc.property(
      fc.array(call, { minLength: 1, maxLength: 30, size: 'max' }),
      crowd,
      circumstances,
      policy,
      (calls, many, around, asked) => {
        const crowded = Array.from({ length: many.calls }, (_, index) => ({
          name: `many ${index}`,
          at: 3 * index,
          from: 'path' as const,
          certainty: 'exact' as const,
          body: undefined,
          attempts: many.attempts,
        }));
        const journal = journalOf([...calls, ...crowded].flatMap(exchangesOf)).map((entry) => ({
          ...entry,
          retryable: isRetryable(entry, asked),
        }));
        const watchedUntil = T0 + around.watchedForMs;
        const context: RunContext = {
          watchedUntil,
          ...(around.ended ? { clientEndedAt: watchedUntil } : {}),
          outcomes:
            around.outcome === undefined
              ? []
              : journal.map(({ logicalId }) => ({ call: logicalId, ok: around.outcome ?? null, process: logicalId })),
          outages: around.outages,
          stalls: around.stalls,
        };
        const heard = evidenceOf(journal, context, asked);
        if (eventfulCalls(heard.certain.calls).length < heard.certain.calls.length) leftOut.some += 1;
        for (const rule of SHORT_OF_ALL) {
          const finding = judgeRule(rule, heard);
          if (finding.verdict !== 'not_applicable') spoke.add(rule.id);
          expect(finding).toEqual(judgeRule({ ...rule, looksAt: 'all calls' }, heard));
        }
      },
    ),
    { numRuns: propertyRuns(60) },
  );
  expect(leftOut.some).toBeGreaterThan(0);
  expect(spoke.size).toBeGreaterThan(SHORT_OF_ALL.length / 2);
});
