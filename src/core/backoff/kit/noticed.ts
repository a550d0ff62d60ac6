import type { Leaves } from '../../faults/leaves.ts';
import { leavesOf } from '../../faults/registry.ts';
import { grammarOf } from '../../journal/grammar-of.ts';
import { plural } from '../../text/plural.ts';
import type { CallHistory, Try } from '../history/call-history.ts';
import type { RuleResult, RuleVerdict } from './finding.ts';
import { tryObservation } from './observation.ts';
import { notApplicable } from './rule.ts';
import type { RuleEvidence } from './rule-evidence.ts';

interface Breakages {
  /** What broke: `truncated stream`. */
  readonly what: string;
  breaks(attempt: Try, call: CallHistory): boolean;
  /** What it counts as when a client takes it for a success. */
  readonly overlooked: RuleVerdict;
}

/**
 * Whether the client noticed that an answer was broken: it came back, or told its driver of a failure. Without a driver
 * silence says nothing.
 */
export function judgeNoticed(
  { calls, outcomeOf, isAnswered }: RuleEvidence,
  { what, breaks, overlooked }: Breakages,
): RuleResult {
  const cases = calls.flatMap((call) =>
    call.tries.filter((attempt) => breaks(attempt, call)).map((attempt) => ({ call, attempt })),
  );
  if (cases.length === 0) return notApplicable(`there was no ${what}`);
  const open = cases.filter(({ call, attempt }) => call.tries.at(-1) === attempt);
  // Beside the other answer of a hedged request, the client may say ok.
  const missed = open.filter(({ call }) => outcomeOf(call)?.ok === true && !isAnswered(call));
  const untold = open.filter(({ call }) => outcomeOf(call)?.ok === undefined);
  const ruling = {
    n: cases.length,
    statistic: { name: 'taken for a success', value: missed.length, unit: 'calls' } as const,
    threshold: 1,
  };
  if (missed.length > 0) {
    return {
      ...ruling,
      verdict: overlooked,
      explain: `${missed.length} of ${plural(cases.length, `${what} was`, `${what}s were`)} taken for a success`,
      evidence: missed.map(({ call, attempt }) => tryObservation(call, attempt, `${faultsOf(attempt)}; the client says ok`)),
    };
  }
  if (untold.length > 0) {
    return {
      ...ruling,
      verdict: 'inconclusive',
      explain: `${untold.length} of ${plural(cases.length, `${what} was`, `${what}s were`)} not retried; whether the caller heard of it only the client can tell: mock-openai probe asks it`,
    };
  }
  return { ...ruling, verdict: 'pass', explain: `${plural(cases.length, `${what} was`, `${what}s were`)} noticed` };
}

function faultsOf({ entry }: Try): string {
  return entry.faultApplied?.faults.map(({ name }) => name).join(', ') ?? String(entry.status);
}

/** Whether a fault left the attempt with one of these. */
export function wasLeftWith({ entry }: Try, ...left: readonly Leaves[]): boolean {
  return entry.faultApplied?.faults.some((call) => left.includes(leavesOf(call, grammarOf(entry)))) ?? false;
}
