import { groupBy } from '../../collections/group-by.ts';
import { smallest } from '../../collections/smallest.ts';
import { plural } from '../../text/plural.ts';
import type { CallHistory, Gap } from '../history/call-history.ts';
import type { RuleResult } from '../kit/finding.ts';
import { callObservation, seconds } from '../kit/observation.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import type { RuleEvidence } from '../kit/rule-evidence.ts';
import { sources } from '../kit/sources.ts';
import { binomialTail, median } from '../kit/statistics.ts';
import { columnsOf, HOT_MS, hotChance, hotCount, unhintedRuns } from '../kit/unhinted.ts';

/** Chance that a good client is failed. */
const BOUND = 1e-4;
/** Waits from which on a client backs off, whatever a busy machine adds to none (backoff.md B6). */
const SLOW_MS = 100;
/** Waits without a hint that tell how a client backs off by itself. */
const OWN_NEEDED = 3;
/** Nothing is known better than that of a client from so few waits. */
const LEAST_CHANCE = 1e-3;
/** Retry-After: 0 permits to retry at once, not to do so for ever. */
const ZEROS_FORGIVEN = 3;

const NO_DATE = 'Wed, 99 Foo 2026 25:61:00 GMT';

export const insaneHint = defineRule({
  id: 'insane_hint',
  summary: 'a hint that makes no sense never turns it into a hot loop',
  source: `${sources.retryAfter}; ${sources.timers}`,
  severity: 'high',
  confidence: 'deterministic',
  measures:
    'consecutive waits below 25 ms after negative, past, garbled, huge or zero hints; fails where their number, against its own waits, shows that it is no chance',
  falseAlarmBound: BOUND,
  advice:
    'use your own backoff when a hint is no number, not positive or absurdly long; a timer of NaN, −1 or 2³¹ ms fires at once',
  probe: {
    name: 'insane-hint',
    windowMs: 25_000,
    variants: [
      // What the client does by itself, to compare with.
      { name: 'no hint', rules: [{ fault: { rate_limit: { retry_after: 'none' } } }], calls: 3 },
      ...['-5', 'soon', '', '1e3', 'nan', 'inf', '3000000', '99999999999', '0', NO_DATE].map((hint) => ({
        name: hint === '' ? '(empty)' : hint,
        rules: [{ fault: { rate_limit: { retry_after: hint } } }],
        calls: 3,
      })),
      { name: 'date in the past', rules: [{ fault: { rate_limit: { retry_after: { date: '-60s' } } } }], calls: 3 },
      {
        name: 'retry-after-ms -700',
        rules: [{ fault: { rate_limit: { retry_after: 'none', headers: { 'retry-after-ms': '-700' } } } }],
        calls: 3,
      },
    ],
  },
  looksAt: 'eventful calls',
  check: (subject) => {
    const runs = runsAfter(subject.calls, 'insane');
    const zeros = runsAfter(subject.calls, 'zero');
    if (runs.length + zeros.length === 0) return notApplicable('no answer carried a hint that makes no sense');
    return worse(judgeInsane(runs, subject), judgeZero(zeros)) ?? notApplicable('no such hint was followed by two retries');
  },
});

interface Run {
  readonly call: CallHistory;
  readonly gaps: readonly Gap[];
}

/** Stretches of retries after hints of that kind, each from its first hot gap on. */
function runsAfter(calls: readonly CallHistory[], kind: 'insane' | 'zero'): Run[] {
  return calls.flatMap((call) => {
    const gaps = call.gaps.filter(({ before }) => before.asked?.kind === kind);
    return gaps.length === 0 ? [] : [{ call, gaps }];
  });
}

function judgeInsane(runs: readonly Run[], { calls }: RuleEvidence): RuleResult | undefined {
  const judged = runs.filter(({ gaps }) => gaps.length >= 2);
  if (judged.length === 0) return undefined;
  const hot = judged.filter((run) => hotCount(run) >= 2);
  const shortest = smallest(judged.flatMap(({ gaps }) => gaps.map(({ gapMs }) => gapMs)));
  const base = {
    n: judged.length,
    statistic: { name: 'hot calls', value: hot.length, unit: 'calls' } as const,
    threshold: 1,
    evidence: hot.map(({ call }) => callObservation(call)),
  };
  if (hot.length === 0) {
    const isSlow = judged.every(({ gaps }) => median(gaps.map(({ gapMs }) => gapMs)) >= SLOW_MS);
    const explain = `came back after ${seconds(shortest)} at the earliest, whatever the hint said`;
    if (isSlow) return { ...base, verdict: 'pass', explain };
    return { ...base, verdict: 'inconclusive', explain: `${explain}; waits of ${SLOW_MS} ms show a backoff` };
  }
  const explain = `${hot.length} of ${plural(judged.length, 'call')} retried at once, time and again, after a hint that makes no sense`;
  // All calls together, and those of each hint.
  const groups = [judged, ...groupBy(judged, hintText).values()];
  const chance = groups.length * smallest(groups.map((group) => chanceOf(group, ownHotChance(calls))));
  if (chance < BOUND) return { ...base, verdict: 'fail', explain, falseAlarmBound: chance };
  return { ...base, verdict: 'inconclusive', explain: `${explain}; more such calls are needed to rule out chance` };
}

/** The chance that as many calls of a good client are as hot: of those hot twice, of those hot three times, and so on. */
function chanceOf(runs: readonly Run[], twice: number): number {
  const rows = runs.map(hotCount);
  const lengths = [...new Set(rows)].filter((length) => length >= 2);
  const chances = lengths.map((length) => {
    const single = Math.min(hotChance(length), twice);
    return binomialTail(runs.length, rows.filter((row) => row >= length).length, single);
  });
  return lengths.length * smallest(chances, 1);
}

/** The chance that the client comes back hot twice by its own backoff, at full jitter, by the waits that it chose without a hint. */
function ownHotChance(calls: readonly CallHistory[]): number {
  const [first = [], second = []] = columnsOf(unhintedRuns(calls));
  if (second.length < OWN_NEEDED) return hotChance(2);
  const shareBelow = (waits: readonly number[]) => Math.min(1, HOT_MS / (2 * median(waits)));
  return Math.min(hotChance(2), Math.max(LEAST_CHANCE, shareBelow(first) * shareBelow(second)));
}

function judgeZero(runs: readonly Run[]): RuleResult | undefined {
  const most = runs.reduce((max, run) => Math.max(max, hotCount(run)), 0);
  if (runs.length === 0) return undefined;
  const over = runs.filter((run) => hotCount(run) > ZEROS_FORGIVEN);
  return {
    verdict: over.some((run) => hotChance(hotCount(run)) < BOUND / runs.length) ? 'fail' : over.length > 0 ? 'warn' : 'pass',
    explain: `retried ${plural(most, 'time')} in a row within ${HOT_MS} ms, as Retry-After: 0 permits; ${ZEROS_FORGIVEN} are forgiven`,
    n: runs.length,
    statistic: { name: 'retries at once', value: most, unit: 'attempts' },
    threshold: ZEROS_FORGIVEN + 1,
    evidence: over.map(({ call }) => callObservation(call)),
  };
}

function hintText({ gaps }: Run): string {
  return gaps[0]?.before.asked?.text ?? '';
}

const RANK = ['pass', 'inconclusive', 'warn', 'fail'];

function worse(a: RuleResult | undefined, b: RuleResult | undefined): RuleResult | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return RANK.indexOf(b.verdict) > RANK.indexOf(a.verdict) ? b : a;
}
