import { expect, test } from 'vitest';
import { judge } from '../../../src/core/backoff/verdict/judge.ts';
import { policyOf } from '../../../src/core/policy/policy-of.ts';
import { type EntryParts, journalEntry } from '../../support/journal-entry.ts';

/** Refused by a limit of the scenario. */
const REFUSED: EntryParts = { status: 429, refusedBy: 'api', errorCode: 'rate_limit_exceeded' };
const ADMITTED: EntryParts = { status: 200 };

/** A request each `everyMs`; `isRefused` tells which. */
function asked(count: number, everyMs: number, isRefused: (at: number) => boolean, refused: EntryParts = REFUSED): EntryParts[] {
  return Array.from({ length: count }, (_, at) => ({ t_headers: at * everyMs, ...(isRefused(at) ? refused : ADMITTED) }));
}

function told(parts: readonly EntryParts[], wanted?: true) {
  const entries = parts.map((part, at) => journalEntry({ seq: at + 1, logicalId: `#${at}`, ...part }));
  const end = Math.max(...entries.map(({ t_end }) => t_end ?? 0));
  const policy = wanted === undefined ? policyOf() : policyOf({ adapts: true });
  const { findings } = judge(entries, { watchedUntil: end, clientEndedAt: end }, policy, { name: 't', seed: 1, rules: [] });
  return findings.find(({ rule }) => rule === 'adapts');
}

const half = asked(120, 500, (at) => at % 2 === 0);

test('a client of which the limit refuses fewer and fewer requests passes', () => {
  const found = told(
    asked(120, 500, (at) => at < 40 || at % 10 === 0),
    true,
  );
  expect(found).toMatchObject({ verdict: 'pass', n: 40, threshold: 0.2, statistic: { value: 0.1, unit: 'share' } });
  expect(found?.explain).toBe('in 59.500 s under a limit, 4 of the last 40 requests were refused, and 40 of the first 40');
});

test('one that is refused every second time is told of, and fails where the policy asks', () => {
  expect(told(half)).toMatchObject({ verdict: 'info', n: 40, statistic: { value: 0.5 } });
  expect(told(half, true)).toMatchObject({ verdict: 'fail', evidence: [{ line: '20 × 429 of a limit' }] });
});

test.each([
  ['for less than ten seconds', asked(120, 50, (at) => at % 2 === 0)],
  ['with few requests', asked(40, 1_000, (at) => at % 2 === 0)],
  ['where nothing was ever admitted', asked(120, 500, () => true)],
])('what was asked %s shows no pace', (_what, parts) => {
  expect(told(parts)?.verdict).toBe('not_applicable');
  expect(told(parts, true)?.verdict).toBe('inconclusive');
});

test('a share above the bound that chance explains fails nobody', () => {
  expect(
    told(
      asked(90, 500, (at) => at < 30 || at % 4 === 0),
      true,
    )?.verdict,
  ).toBe('inconclusive');
});

test.each([
  ['by a fault', { ...REFUSED, refusedBy: null, faultApplied: { rule: 'r', faults: [{ name: 'rate_limit', options: {} }] } }],
  ['for want of credit', { ...REFUSED, errorCode: 'insufficient_quota' }],
  ['by a service that is down', { status: 503 }],
] as const)('what is refused %s says nothing of the pace', (_what, refused) => {
  expect(
    told(
      asked(120, 500, (at) => at % 2 === 0, refused as EntryParts),
      true,
    )?.verdict,
  ).toBe('not_applicable');
});

test('each target is looked at by itself', () => {
  const other = asked(400, 150, () => false).map((part) => ({ ...part, model: 'gpt-4o-mini' }));
  const all = [...half, ...other].sort((a, b) => (a.t_headers ?? 0) - (b.t_headers ?? 0));
  expect(told(all, true)?.verdict).toBe('fail');
});
