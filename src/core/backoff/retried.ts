import { groupBy } from '../group-by.ts';
import { plural } from '../plural.ts';
import type { CallHistory, Try } from './call-history.ts';
import { equalFollowers } from './equal-followers.ts';
import { failoversOf } from './failovers.ts';
import type { Ruling } from './finding.ts';
import { tryObservation } from './observation.ts';
import { notApplicable } from './rule.ts';
import type { Circumstances, Subject } from './subject.ts';

/** A client that has not come back after this long, with no hint to wait for, does not retry. */
const PATIENCE_MS = 10_000;

interface Kinds {
  /** What failed, as it is called: `503`. Undefined for what the rule does not speak of. */
  kindOf(attempt: Try): string | undefined;
  /** Whether the policy wants this kind retried. */
  declared(kind: string): boolean;
  /** What it counts as when a kind that nobody declared is never retried. */
  otherwise: 'info' | 'warn';
}

/**
 * Whether first attempts that failed were followed by another, be it with another key or model. A kind counts as retried when any of its calls was: a retry
 * budget may stop the others.
 */
export function judgeRetried(subject: Subject, { kindOf, declared, otherwise }: Kinds): Ruling {
  const ids = new Set<string>();
  const followed = new Set(equalFollowers(subject.calls).map(({ before }) => before));
  const { toAnotherKey, toAnotherModel } = failoversOf(subject.calls);
  const all = subject.calls.flatMap((call) => {
    const [first] = call.tries;
    // The journal has dropped the attempts before it.
    const isBeheaded = !ids.has(call.id) && (first?.entry.attemptSeq ?? 1) > 1;
    ids.add(call.id);
    const kind = first === undefined ? undefined : kindOf(first);
    const retried = call.tries.length > 1 || call.replaced || toAnotherKey.has(call);
    if (
      first === undefined ||
      kind === undefined ||
      (!retried && (isBeheaded || wasAborted(call, subject) || mayComeBack(first, subject)))
    )
      return [];
    return [{ call, first, kind, retried }];
  });
  const cases = all.filter(({ call, retried }) => retried || !(followed.has(call) || toAnotherModel.has(call)));
  const seen = groupBy(cases, ({ kind }) => kind);
  // Those of which a retry cannot be told from a new call.
  const doubtful = [...groupBy(all, ({ kind }) => kind)].filter(([kind]) => !seen.has(kind));
  if (all.length === 0) return notApplicable('no first attempt failed in such a way, or was watched for long enough');
  const never = [...seen].filter(([, same]) => same.every(({ retried }) => !retried));
  const expected = never.filter(([kind]) => declared(kind));
  const shown = expected.length > 0 ? expected : never;
  // Who declares a single attempt does not retry on purpose.
  const undeclared = subject.policy.maxAttempts === 1 ? 'info' : otherwise;
  const kinds = (list: readonly (readonly [string, unknown])[]) => list.map(([kind]) => kind).join(', ');
  if (never.length === 0 && doubtful.length > 0) {
    const doubted = doubtful.flatMap(([, same]) => same);
    const [one, many] = doubted.some(({ call }) => followed.has(call))
      ? ['equal request', 'equal requests']
      : ['request of the same length to another model', 'requests of the same length to another model'];
    return {
      verdict: 'inconclusive',
      explain: `${plural(doubted.length, one, many)} followed ${kinds(doubtful)} within a minute: retries, or new calls that say the same; name the calls in the path to tell`,
      n: all.length,
    };
  }
  return {
    verdict: never.length === 0 ? 'pass' : expected.length > 0 ? 'fail' : undeclared,
    explain: never.length === 0 ? `retries ${kinds([...seen])}` : `never retries ${kinds(shown)}`,
    n: cases.length,
    statistic: { name: 'kinds never retried', value: never.length, unit: 'calls' },
    threshold: 1,
    evidence: shown.flatMap(([, cases]) =>
      cases.slice(0, 2).map(({ call, first }) => tryObservation(call, first, 'not retried')),
    ),
  };
}

export function wasAborted(call: CallHistory, { outcomeOf }: Subject): boolean {
  return outcomeOf(call)?.abortedAt !== undefined;
}

/** Whether a retry may still be to come. */
export function mayComeBack({ entry, asked }: Try, { watchedUntil, clientEndedAt }: Circumstances): boolean {
  if (clientEndedAt !== undefined) return false;
  const since = entry.t_end ?? watchedUntil;
  return watchedUntil - since < PATIENCE_MS + (asked?.waitMs ?? 0);
}
