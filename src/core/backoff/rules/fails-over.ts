import { firstFrom } from '../../collections/first-from.ts';
import { groupBy } from '../../collections/group-by.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import { plural } from '../../text/plural.ts';
import type { CallHistory, Try } from '../history/call-history.ts';
import { sameTarget } from '../history/same-target.ts';
import { targetName, targetOf } from '../history/target.ts';
import type { Observation, RuleResult } from '../kit/finding.ts';
import { callObservation, seconds, tryText } from '../kit/observation.ts';
import { mayComeBack, wasAborted } from '../kit/retried.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import type { RuleEvidence } from '../kit/rule-evidence.ts';
import { sources } from '../kit/sources.ts';
import { median } from '../kit/statistics.ts';
import { targetDownProbe } from '../kit/targets-probes.ts';
import { retriesTransient } from './retries-transient.ts';

export const failsOver = defineRule({
  id: 'fails_over',
  summary: 'goes on at another provider, key or model when one fails',
  source: `${sources.transientFaults}; LiteLLM #39857, https://github.com/BerriAI/litellm/issues/39857`,
  severity: 'high',
  confidence: 'deterministic',
  comparesTargets: true,
  measures:
    'calls that failed at their first target and did not succeed there: went on elsewhere, or gave up; fails at one that gave up, or went on later than `within` after the call began, where the policy has `fails_over: true`',
  falseAlarmBound: 0,
  advice:
    'give the client or gateway a second target, and the failures after which it is asked: 429, 5xx, timeouts, broken connections',
  probe: retriesTransient.probe,
  targetsProbe: targetDownProbe,
  check: (subject) => {
    const { policy } = subject;
    const struck = subject.calls.filter(failedAtFirstTarget);
    const moved = struck.flatMap(moveOf);
    if (policy.failsOver === false || struck.length === 0) return notApplicable('no call failed for good at its first target');
    if (moved.length === 0 && policy.failsOver !== true && !hasSeveralTargets(subject))
      return notApplicable('one target was asked, and the policy asks for no other');
    const asked = askedBy(subject.entries);
    const gone = struck.filter((call) => moveOf(call).length === 0 && !isExcused(call, asked, subject));
    if (moved.length + gone.length === 0) return notApplicable('no call is known to have failed for good at its first target');
    const late = moved.filter(({ afterMs }) => afterMs > (policy.withinMs ?? Number.POSITIVE_INFINITY));
    return ruling({ moved, gone, late }, policy.failsOver === true);
  },
});

/** How a call went on elsewhere. */
interface Move {
  readonly call: CallHistory;
  readonly before: Try;
  readonly after: Try;
  /** From the beginning of the call. */
  readonly afterMs: number;
}

interface Cases {
  readonly moved: readonly Move[];
  readonly gone: readonly CallHistory[];
  readonly late: readonly Move[];
}

function ruling({ moved, gone, late }: Cases, isAsked: boolean): RuleResult {
  const count = moved.length + gone.length;
  const all = plural(count, 'call that failed', 'calls that failed');
  const after = moved.length === 0 ? '' : `, typically ${seconds(median(moved.map(({ afterMs }) => afterMs)))} after it began`;
  const tooLate = late.length === 0 ? '' : `; ${late.length} too late`;
  const base = {
    n: count,
    statistic: { name: 'share that went on elsewhere', value: moved.length / count, unit: 'share' } as const,
    threshold: 1,
    explain: `${moved.length} of ${all} went on with ${elsewhere(moved)}${after}${tooLate}`,
  };
  if (gone.length + late.length === 0) return { ...base, verdict: 'pass', evidence: moved.slice(0, 1).map(moveObservation) };
  const evidence = [...gone.map((call) => callObservation(call, 'gave up at its only target')), ...late.map(moveObservation)];
  return { ...base, verdict: isAsked ? 'fail' : 'info', evidence };
}

/** `attempt 1: 503 → attempt 2 at backup, 0.402 s after the call began`. */
function moveObservation({ call, before, after, afterMs }: Move): Observation {
  const where = targetName(after.entry, before.entry);
  const line = `${tryText(before)} → attempt ${after.position} at ${where}, ${seconds(afterMs)} after the call began`;
  return { call: call.id, entries: [before.entry.seq, after.entry.seq], line };
}

function elsewhere(moved: readonly Move[]): string {
  const names = new Set(moved.map(({ before, after }) => targetName(after.entry, before.entry)));
  return names.size === 0 ? 'another target' : [...names].slice(0, 3).join(', ');
}

/** In a list of its own: empty where the call stayed with its first target. */
function moveOf(call: CallHistory): Move[] {
  const { tries } = call;
  const [first] = tries;
  const place = tries.findIndex(({ entry }) => first !== undefined && !sameTarget(entry, first.entry));
  const [before, after] = [tries[place - 1], tries[place]];
  if (first === undefined || before === undefined || after === undefined) return [];
  return [{ call, before, after, afterMs: after.entry.t_headers - first.entry.t_headers }];
}

/** What is tried again where it failed, and succeeds there, needs no other target. */
function failedAtFirstTarget(call: CallHistory): boolean {
  const { tries } = call;
  return tries[0]?.entry.retryable === true && (moveOf(call).length > 0 || tries.at(-1)?.failure !== undefined);
}

/** It is not over, somebody told it to stop, or another target was asked the same by what counts as a call of its own. */
function isExcused(call: CallHistory, asked: Asked, subject: RuleEvidence): boolean {
  const [first] = call.tries;
  const last = call.tries.at(-1);
  if (first === undefined || last === undefined) return true;
  return wasAborted(call, subject) || mayComeBack(last, subject) || isLateHedge(first, asked) || wasAskedElsewhere(first, asked);
}

/** Another target has answered the same: that is why the client left this request, or did nothing about its failure. */
function isLateHedge({ failure, entry }: Try, { answered }: Asked): boolean {
  if (failure === 'abandoned' && entry.attemptSeq > 1) return true;
  const at = entry.t_headers;
  return isAskedElsewhere(answered.get(entry.bodySha256 ?? ''), entry, { from: at - HEDGED_MS, until: at });
}

/** When each question came to each target, and each body that was answered, in order. */
interface Asked {
  readonly questions: AskedTimes;
  readonly answered: AskedTimes;
}

type TargetTimes = ReadonlyMap<string, readonly number[]>;
type AskedTimes = ReadonlyMap<string, TargetTimes>;

function askedBy(entries: readonly JournalEntry[]): Asked {
  const sorted = entries.toSorted((a, b) => a.t_headers - b.t_headers);
  const answered = sorted.filter(({ status }) => status !== null && status < 400);
  return { questions: timesBy(sorted, ({ question }) => question), answered: timesBy(answered, ({ bodySha256 }) => bodySha256) };
}

function timesBy(sorted: readonly JournalEntry[], keyOf: (entry: JournalEntry) => string | null): AskedTimes {
  const asked = groupBy(
    sorted.filter((entry) => keyOf(entry) !== null),
    (entry) => keyOf(entry) ?? '',
  );
  const timesOf = (same: readonly JournalEntry[]) =>
    new Map([...groupBy(same, targetOf)].map(([target, of]) => [target, of.map(({ t_headers: at }) => at)]));
  return new Map([...asked].map(([key, same]) => [key, timesOf(same)]));
}

/** So long after the first attempt, the same question elsewhere may be its failover. */
const SOON_MS = 60_000;

/** Requests of one call that are made at once arrive within so long of each other, on a busy machine, too. */
const HEDGED_MS = 5_000;

function wasAskedElsewhere({ entry }: Try, { questions }: Asked): boolean {
  const at = entry.t_headers;
  return isAskedElsewhere(questions.get(entry.question ?? ''), entry, { from: at, until: at + SOON_MS });
}

/** Whether another target was asked in that span. */
function isAskedElsewhere(
  times: TargetTimes | undefined,
  entry: JournalEntry,
  { from, until }: { readonly from: number; readonly until: number },
): boolean {
  const own = targetOf(entry);
  for (const [target, of] of times ?? []) {
    const next = target === own ? undefined : of[firstFrom(of, from)];
    if (next !== undefined && next < until) return true;
  }
  return false;
}

function hasSeveralTargets({ entries }: RuleEvidence): boolean {
  return new Set(entries.map(({ session }) => session)).size > 1;
}
