import { largest } from '../../collections/largest.ts';
import { smallest } from '../../collections/smallest.ts';
import { weakestOf } from '../../correlation/certainty.ts';
import { failureKnownAt } from '../../journal/calls.ts';
import { plural } from '../../text/plural.ts';
import { callsByTarget } from '../history/by-target.ts';
import type { CallHistory, Gap, Try } from '../history/call-history.ts';
import { earlyAfter } from '../history/early-after.ts';
import type { RuleResult } from './finding.ts';
import { censored, gapObservation, seconds } from './observation.ts';
import { observations } from './observations.ts';
import { notApplicable } from './rule.ts';
import { longestStallWithin, type RuleEvidence, type Stall } from './rule-evidence.ts';

/** Clients that retry too early do so within seconds (backoff.md, finding 9). */
const WATCHED_MS = 10_000;

/** A machine that stands still for this share of a wait may make a retry that was early look patient. */
const HIDING = 0.4;

interface Hints {
  /** What the hint is called. */
  readonly what: string;
  /** Whether this answer's hint is the rule's to judge. */
  wants(attempt: Try): boolean;
  /** Whether an early retry is a failure; else it is only told. */
  blames(gap: Gap): boolean;
  /** What is to be said of early retries that are only told: `all of them after …`. */
  readonly excuse?: string;
}

/**
 * Looks for retries that came before the wait that was asked for was over. One is enough (backoff.md 6.4). What one key and model
 * was told holds for its own next attempt.
 */
export function judgeEarly(given: RuleEvidence, hints: Hints): RuleResult {
  const subject = { ...given, calls: callsByTarget(given.calls) };
  const asked = subject.calls.flatMap((call) =>
    call.gaps.filter(({ before }) => hints.wants(before)).map((gap) => ({ call, gap, earlyMs: earlyOf(call, gap) })),
  );
  if (asked.length === 0) return withoutRetry(subject, hints);
  const early = asked.filter(({ earlyMs }) => earlyMs > 0);
  const decisive = asked.filter(({ gap }) => hints.blames(gap));
  const blamed = decisive.filter(({ earlyMs }) => earlyMs > 0);
  const worst = blamed.length > 0 ? blamed : early;
  const earliest = largest(
    worst.map(({ earlyMs }) => earlyMs),
    0,
  );
  const stoodStill = blamed.length > 0 ? undefined : standstill(subject, decisive.length > 0 ? decisive : asked);
  const explain =
    early.length === 0
      ? `${asked.length} of ${plural(asked.length, 'retry')} waited for ${hints.what}`
      : `${early.length} of ${plural(asked.length, 'retry')} came before ${hints.what} had passed, by up to ${seconds(earliest)}${excused(early.length - blamed.length, early.length, hints)}`;
  return {
    verdict: blamed.length > 0 ? 'fail' : stoodStill !== undefined ? 'inconclusive' : early.length > 0 ? 'info' : 'pass',
    explain: stoodStill === undefined ? explain : `${stoodStill}: ${explain}`,
    n: asked.length,
    statistic: { name: 'earliness', value: earliest, unit: 'ms' },
    threshold: 0,
    evidence: observations(
      worst.sort((a, b) => b.earlyMs - a.earlyMs),
      ({ call, gap, earlyMs }) => gapObservation(call, gap, `${seconds(earlyMs)} early`),
    ),
    correlation: weakestOf(asked.map(({ call }) => call)) ?? 'exact',
  };
}

/** What is to be said of early retries that blame nobody. */
function excused(forgiven: number, early: number, { excuse }: Hints): string {
  if (excuse === undefined || forgiven === 0) return '';
  return forgiven === early ? `, ${early === 1 ? '' : 'all '}${excuse}` : `; ${forgiven} of them ${excuse}`;
}

/** What is to be said where every retry may have been an early one that came late; undefined where one shows patience. */
function standstill({ stalls = [] }: RuleEvidence, asked: readonly { readonly gap: Gap }[]): string | undefined {
  const stood = asked.map(({ gap }) => ({ ms: longestWithin(gap, stalls), waitMs: gap.before.asked?.waitMs ?? 0 }));
  if (stood.some(({ ms, waitMs }) => ms <= HIDING * waitMs)) return undefined;
  const stoodMs = largest(stood.map(({ ms }) => ms));
  return `this machine stood still for ${seconds(stoodMs)}, so that early retries may have come late`;
}

/** The longest stall of a second that has anything of the gap in it. */
function longestWithin({ before, after }: Gap, stalls: readonly Stall[]): number {
  const from = failureKnownAt(before.entry) ?? before.entry.t_headers;
  return longestStallWithin(stalls, from, after.entry.t_headers);
}

/** How much before its wait was over the retry came; of attempts side by side, it may be the retry of any that had failed. */
export function earlyOf({ tries, gaps: same, failovers, hidden = [] }: CallHistory, { before, after }: Gap): number {
  const isOne = failovers.length + hidden.length === 0;
  const gaps = isOne ? same : [...same, ...failovers, ...hidden].sort((a, b) => a.index - b.index);
  let earlyMs = earlyAfter(before, after);
  for (let at = tries.indexOf(before); at > 0 && !hasGapBefore(gaps, at); at--) {
    const beside = tries[at - 1];
    const failedAt = beside === undefined ? null : failureKnownAt(beside.entry);
    if (beside !== undefined && failedAt !== null && failedAt <= after.entry.t_headers)
      earlyMs = Math.min(earlyMs, earlyAfter(beside, after));
  }
  return earlyMs;
}

/** Whether the try at that place did not overlap with the one before it. Most often none does, and the gaps are as many. */
function hasGapBefore(gaps: readonly Gap[], at: number): boolean {
  return gaps[at - 1]?.index === at || gaps.some(({ index }) => index === at);
}

/** Nobody retried: giving up is as good as waiting. What was watched for a while only is told so, and is no merit. */
function withoutRetry(subject: RuleEvidence, { what, wants }: Hints): RuleResult {
  const { calls, watchedUntil, clientEndedAt, outcomeOf } = subject;
  const held = calls.flatMap((call) => {
    const last = call.tries.at(-1);
    const toldAt = last !== undefined && wants(last) ? last.entry.t_firstByteBefore : null;
    const until = outcomeOf(call)?.watchedUntil ?? watchedUntil;
    const isOver = clientEndedAt !== undefined || outcomeOf(call)?.settledAt !== undefined;
    return toldAt === null ? [] : [{ call, heldMs: until - toldAt, gaveUp: isOver, over: until >= (last?.asked?.dueAt ?? 0) }];
  });
  if (held.length === 0) return notApplicable(`no answer carried ${what}`);
  const base = { n: held.length, correlation: weakestOf(held.map(({ call }) => call)) ?? ('exact' as const) };
  if (held.every(({ gaveUp }) => gaveUp)) return { ...base, verdict: 'pass', explain: `gave up on ${what}` };
  if (held.every(({ gaveUp, over }) => gaveUp || over))
    return { ...base, verdict: 'pass', explain: `no retry came before ${what} had passed` };
  const shortest = smallest(held.filter(({ gaveUp, over }) => !gaveUp && !over).map(({ heldMs }) => heldMs));
  return {
    ...base,
    verdict: shortest >= WATCHED_MS ? 'info' : 'inconclusive',
    explain: `after ${what} no retry came earlier than ${seconds(shortest)}; not seen to the end`,
    clock: censored(shortest),
  };
}
