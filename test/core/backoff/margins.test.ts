import { expect, test } from 'vitest';
import type { RunContext } from '../../../src/core/backoff/kit/rule-evidence.ts';
import type { RuleId } from '../../../src/core/backoff/registry.ts';
import { judge } from '../../../src/core/backoff/verdict/judge.ts';
import type { JournalEntry } from '../../../src/core/journal/entry.ts';
import { policyOf } from '../../../src/core/policy/policy-of.ts';
import { fork } from '../../../src/core/random.ts';
import { type EntryParts, journalEntry } from '../../support/journal-entry.ts';

/** Calls of one client: what each attempt meets, and the waits between them. */
interface Calls {
  readonly calls: number;
  readonly meets: EntryParts;
  readonly staggerMs?: number;
  waits(call: number, random: () => number): readonly number[];
}

const TRANSPORT = { status: null, closedBy: 'server', t_firstByteBefore: null, bytesOut: 0 } as const;

function journalOf(...groups: readonly Calls[]): JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (const [g, { calls, meets, waits, staggerMs = 20 }] of groups.entries())
    for (let call = 0; call < calls; call++) {
      const random = fork(7, `group ${g}`, String(call));
      let at = call * staggerMs;
      for (const [k, wait] of [0, ...waits(call, random)].entries()) {
        at += wait + (k === 0 ? 0 : 1);
        entries.push(
          journalEntry({
            seq: entries.length + 1,
            logicalId: `g${g}-${call}`,
            attemptSeq: k + 1,
            t_headers: at,
            t_end: at + 1,
            bodySha256: `b${g}-${call}`,
            ...meets,
          }),
        );
      }
    }
  return entries;
}

function finding(id: RuleId, entries: readonly JournalEntry[], circumstances: Partial<RunContext> = {}) {
  const end = Math.max(...entries.map(({ t_end }) => t_end ?? 0));
  const around = { watchedUntil: end, clientEndedAt: end, ...circumstances };
  return judge(entries, around, policyOf(), { name: 'test', seed: 1, rules: [] }).findings.find(({ rule }) => rule === id);
}

const doubling = (_call: number, random: () => number) => [1, 2, 4].map((times) => 500 * times * (0.75 + 0.25 * random()));
const good500 = { calls: 24, meets: { status: 500 }, waits: doubling };

test.each([
  ['429', { status: 429 }],
  ['503', { status: 503 }],
  ['broken connections', TRANSPORT],
] as const)('a client that comes back at once after %s alone is told so, however patient it is after 500', (after, meets) => {
  const hot = { calls: 5, meets, waits: () => [2, 3] };
  expect(finding('no_hot_retry', journalOf(good500, hot))).toMatchObject({
    verdict: 'fail',
    explain: `5 of 5 calls retried twice within 25 ms each after ${after}`,
  });
  expect(finding('no_hot_retry', journalOf(good500, { ...hot, waits: doubling }))?.verdict).toBe('pass');
});

test('two calls that came back at once may be chance', () => {
  const few = { calls: 2, meets: { status: 429 }, waits: () => [2, 3] };
  expect(finding('no_hot_retry', journalOf(good500, few))?.verdict).toBe('inconclusive');
});

test('a loop that gets hot when the client has started is found', () => {
  const loop = { calls: 1, meets: { status: 500 }, waits: () => [80, 2, 3, 2, 2, 3, 2] };
  expect(finding('no_hot_retry', journalOf(loop))).toMatchObject({ verdict: 'fail', statistic: { name: 'hot loops' } });
});

test.each([
  [
    'what a busy machine makes of no wait at all',
    (_c: number, random: () => number) => [100 * random(), 60 + 30 * random()],
    'inconclusive',
  ],
  ['one retry at once, then a wait', () => [1, 500], 'pass'],
  ['a backoff', doubling, 'pass'],
] as const)('waits between retries: %s', (_what, waits, verdict) => {
  expect(finding('no_hot_retry', journalOf({ calls: 24, meets: { status: 500 }, waits }))?.verdict).toBe(verdict);
});

test.each([
  ['429', { status: 429 }],
  ['broken connections', TRANSPORT],
] as const)('constant waits after %s alone are found, their growth and their jitter', (after, meets) => {
  const constant = { calls: 24, meets, waits: () => [1_000, 1_000, 1_000] };
  const entries = journalOf({ ...good500, calls: 30 }, constant);
  for (const id of ['grows', 'has_jitter'] as const)
    expect(finding(id, entries)).toMatchObject({ verdict: 'fail', explain: expect.stringMatching(`^after ${after} `) });
  const good = journalOf({ ...good500, calls: 30 }, { ...constant, waits: doubling });
  for (const id of ['grows', 'has_jitter'] as const) expect(finding(id, good)?.verdict).toBe('pass');
});

test('waits in a queue of the client are not called waits that do not grow', () => {
  const entries = journalOf({
    calls: 24,
    meets: { status: 500 },
    waits: (_c, random) => [900, 900, 900].map((ms) => ms + 200 * random()),
  });
  const outcomes = (queueMs: number) =>
    Array.from({ length: 24 }, (_, call) => ({
      call: `g0-${call}`,
      ok: false,
      startedAt: call * 20 - queueMs,
      process: `p${call % 4}`,
    }));
  expect(finding('grows', entries, { outcomes: outcomes(40) })?.verdict).toBe('fail');
  expect(finding('grows', entries, { outcomes: outcomes(3_000) })).toMatchObject({
    verdict: 'inconclusive',
    explain: expect.stringContaining('in a queue of the client'),
  });
  const apart = outcomes(3_000).map((outcome, at) => ({ ...outcome, process: `p${at}` }));
  expect(finding('grows', entries, { outcomes: apart })?.verdict).toBe('fail');
});

test.each([
  ['no jitter, and a machine that is late by as much as the waits vary', 150, 'inconclusive'],
  ['jitter, on a quiet machine', 5, 'pass'],
] as const)('has_jitter weighs the noise: %s', (_what, lateMs, verdict) => {
  const noisy = {
    calls: 24,
    meets: { status: 500 },
    waits: (_c: number, random: () => number) => [300, 600].map((ms) => ms + 150 * random()),
  };
  // The noise is in the first two of many seconds.
  const stalls = Array.from({ length: 60 }, (_, at) => ({ at: (at + 1) * 1_000, ms: at < 2 ? lateMs : 1 }));
  expect(finding('has_jitter', journalOf(noisy), { stalls })?.verdict).toBe(verdict);
});

test.each([
  ['growth that the lateness of the machine hides', [600, 700, 680], 150, 'inconclusive'],
  ['the same waits on a quiet machine', [600, 700, 680], 5, 'fail'],
  ['waits of 2 s whatever the machine adds', [2_000, 2_000, 2_000], 150, 'fail'],
] as const)('grows weighs the noise: %s', (_what, waits, lateMs, verdict) => {
  const late = {
    calls: 24,
    meets: { status: 500 },
    waits: (_c: number, random: () => number) => waits.map((ms) => ms + 150 * random()),
  };
  const stalls = Array.from({ length: 60 }, (_, at) => ({ at: (at + 1) * 1_000, ms: lateMs }));
  expect(finding('grows', journalOf(late), { stalls })?.verdict).toBe(verdict);
});

const insane = { status: 429, hint: { header: 'retry-after', raw: 'soon', dueAt: null } } as const;

test.each([
  [9, 'fail'],
  [5, 'inconclusive'],
] as const)('of 12 calls that were told nonsense %i came back at once, twice: %s', (hot, verdict) => {
  const calls = { calls: 12, meets: insane, waits: (call: number) => (call < hot ? [2, 3] : [90, 3]) };
  expect(finding('insane_hint', journalOf(calls))?.verdict).toBe(verdict);
});

test('one call that came back at once is no proof against a client with short waits of its own', () => {
  const own = {
    calls: 24,
    meets: { status: 500 },
    waits: (_c: number, random: () => number) => [200 * random(), 400 * random(), 800 * random()],
  };
  const told = (hot: number) => ({ calls: 27, meets: insane, waits: (call: number) => (call < hot ? [2, 3] : [150, 300]) });
  expect(finding('insane_hint', journalOf(own, told(1)))?.verdict).toBe('inconclusive');
  expect(finding('insane_hint', journalOf(own, told(9)))?.verdict).toBe('fail');
});
