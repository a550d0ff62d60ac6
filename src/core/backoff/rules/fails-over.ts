import { plural } from '../../text/plural.ts';
import type { CallHistory, Gap } from '../history/call-history.ts';
import { targetName } from '../history/target.ts';
import type { RuleResult } from '../kit/finding.ts';
import { callObservation, gapObservation, seconds } from '../kit/observation.ts';
import { mayComeBack, wasAborted } from '../kit/retried.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import type { RuleEvidence } from '../kit/rule-evidence.ts';
import { sources } from '../kit/sources.ts';
import { median } from '../kit/statistics.ts';
import { retriesTransient } from './retries-transient.ts';

export const failsOver = defineRule({
  id: 'fails_over',
  summary: 'goes on at another provider, key or model when one fails',
  source: `${sources.transientFaults}; LiteLLM #39857, https://github.com/BerriAI/litellm/issues/39857`,
  severity: 'high',
  confidence: 'deterministic',
  measures:
    'calls that failed at their first target and did not succeed there: went on elsewhere, or gave up; fails at one that gave up, or went on later than `within`, where the policy has `fails_over: true`',
  falseAlarmBound: 0,
  advice:
    'give the client or gateway a second target, and the failures after which it is asked: 429, 5xx, timeouts, broken connections',
  probe: retriesTransient.probe,
  check: (subject) => {
    const { policy } = subject;
    const struck = subject.calls.filter((call) => failedAtFirstTarget(call) && !isExcused(call, subject));
    const moved = struck.filter(({ failovers }) => failovers.length > 0);
    if (policy.failsOver === false || struck.length === 0) return notApplicable('no call failed for good at its first target');
    if (moved.length === 0 && policy.failsOver !== true && !hasSeveralTargets(subject))
      return notApplicable('one target was asked, and the policy asks for no other');
    const gone = struck.filter(({ failovers }) => failovers.length === 0);
    const late = moved.filter(
      ({ failovers: [first] }) => first !== undefined && first.gapMs > (policy.withinMs ?? Number.POSITIVE_INFINITY),
    );
    return ruling({ struck, moved, gone, late }, policy.failsOver === true);
  },
});

interface Cases {
  readonly struck: readonly CallHistory[];
  readonly moved: readonly CallHistory[];
  readonly gone: readonly CallHistory[];
  readonly late: readonly CallHistory[];
}

function ruling({ struck, moved, gone, late }: Cases, isAsked: boolean): RuleResult {
  const all = plural(struck.length, 'call that failed', 'calls that failed');
  const waits = moved.flatMap(({ failovers: [first] }) => (first === undefined ? [] : [first.gapMs]));
  const after = waits.length === 0 ? '' : `, after ${seconds(median(waits))} in the middle`;
  const breach = gone.length + late.length;
  const base = {
    n: struck.length,
    statistic: { name: 'share that went on elsewhere', value: moved.length / struck.length, unit: 'share' } as const,
    threshold: 1,
    explain: `${moved.length} of ${all} went on with ${elsewhere(moved)}${after}${late.length === 0 ? '' : `; ${late.length} too late`}`,
  };
  const evidence = [...gone.map((call) => callObservation(call, 'gave up at its only target')), ...late.flatMap(lateObservation)];
  if (breach === 0) return { ...base, verdict: 'pass', evidence: moved.slice(0, 1).flatMap(lateObservation) };
  return { ...base, verdict: isAsked ? 'fail' : 'info', evidence };
}

function lateObservation(call: CallHistory) {
  return call.failovers.slice(0, 1).map((gap) => gapObservation(call, gap, `at ${nameAfter(gap)}`));
}

function elsewhere(moved: readonly CallHistory[]): string {
  const names = new Set(moved.flatMap(({ failovers: [first] }) => (first === undefined ? [] : [nameAfter(first)])));
  return names.size === 0 ? 'another target' : [...names].slice(0, 3).join(', ');
}

function nameAfter({ before, after }: Gap): string {
  return targetName(after.entry, before.entry);
}

/** What is tried again where it failed, and succeeds there, needs no other target. */
function failedAtFirstTarget({ tries, failovers }: CallHistory): boolean {
  return tries[0]?.entry.retryable === true && (failovers.length > 0 || tries.at(-1)?.failure !== undefined);
}

/** It is not over, or somebody told it to stop. */
function isExcused(call: CallHistory, subject: RuleEvidence): boolean {
  const last = call.tries.at(-1);
  return call.failovers.length === 0 && last !== undefined && (wasAborted(call, subject) || mayComeBack(last, subject));
}

function hasSeveralTargets({ entries }: RuleEvidence): boolean {
  return new Set(entries.map(({ session }) => session)).size > 1;
}
