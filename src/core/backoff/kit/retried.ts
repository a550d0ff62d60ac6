import { groupBy } from '../../collections/group-by.ts';
import { perObject } from '../../memo/per-object.ts';
import { plural } from '../../text/plural.ts';
import type { CallHistory, Try } from '../history/call-history.ts';
import { equalFollowers } from '../history/equal-followers.ts';
import { eventfulCalls } from '../history/eventful-calls.ts';
import { failoversToKeys, failoversToModels } from '../history/failovers.ts';
import { mayHaveBeenRefused, PATIENCE_MS, windowsOf } from '../history/hidden-attempts.ts';
import type { RuleResult } from './finding.ts';
import { tryObservation } from './observation.ts';
import { notApplicable } from './rule.ts';
import type { RuleEvidence, RunContext } from './rule-evidence.ts';

interface Kinds {
  /** What failed, as it is called: `503`. Undefined for a success, and for what the rule does not speak of. */
  kindOf(attempt: Try): string | undefined;
  /** What a kind is called that failed in these attempts; as the kind where it is left out. */
  nameOf?(kind: string, failed: readonly Try[]): string;
  /** Whether the policy wants this kind retried. */
  declared(kind: string): boolean;
  /** What it counts as when a kind that nobody declared is never retried. */
  otherwise: 'info' | 'warn';
}

/**
 * Whether first attempts that failed were followed by another, be it with another key or model. A kind counts as retried when any of its calls was: a retry
 * budget may stop the others.
 */
export function judgeRetried(subject: RuleEvidence, { kindOf, nameOf = (kind) => kind, declared, otherwise }: Kinds): RuleResult {
  const beheaded = beheadedAmong(subject.calls);
  const followed = new Set(equalFollowers(subject.calls).map(({ before }) => before));
  const toAnotherKey = failoversToKeys(subject.calls);
  const toAnotherModel = failoversToModels(subject.calls);
  const isFollowed = (call: CallHistory) => followed.has(call) || toAnotherModel.has(call);
  const all = eventfulCalls(subject.calls).flatMap((call) => {
    const [first] = call.tries;
    const kind = first === undefined ? undefined : kindOf(first);
    const retried = call.tries.length > 1 || call.replaced || toAnotherKey.has(call);
    if (
      first === undefined ||
      kind === undefined ||
      (!retried && (beheaded.has(call) || wasAborted(call, subject) || mayComeBack(first, subject)))
    )
      return [];
    return [{ call, first, kind, retried }];
  });
  if (all.length === 0) return notApplicable('no first attempt failed in such a way, or was watched for long enough');
  const kinds = [...groupBy(all, ({ kind }) => kind)];
  const [retried, unretried] = divide(kinds, ([, same]) => same.some((one) => one.retried));
  // Where equal requests followed some of a kind, one that nothing followed may be the last attempt of a call.
  const [doubtful, never] = divide(
    unretried,
    ([, same]) => same.some(({ call }) => followed.has(call)) || same.every(({ call }) => toAnotherModel.has(call)),
  );
  if (never.length === 0 && doubtful.length > 0) {
    const doubted = doubtful.flatMap(([, same]) => same.filter(({ call }) => isFollowed(call)));
    const [one, many] = doubted.some(({ call }) => followed.has(call))
      ? ['equal request', 'equal requests']
      : ['request that asks the same of another model', 'requests that ask the same of another model'];
    return {
      verdict: 'inconclusive',
      explain: `${plural(doubted.length, one, many)} followed ${namesOf(doubtful)} within a minute: retries, or new calls that say the same; name the calls in the path to tell`,
      n: all.length,
    };
  }
  const expected = never.filter(([kind]) => declared(kind));
  const shown = expected.length > 0 ? expected : never;
  const firstsOf = (cases: readonly { readonly first: Try }[]) => cases.map(({ first }) => first);
  const missed = shown.map(([kind, cases]) => nameOf(kind, firstsOf(cases)));
  // Who declares a single attempt does not retry on purpose.
  const undeclared = subject.policy.maxAttempts === 1 ? 'info' : otherwise;
  return {
    verdict: never.length === 0 ? 'pass' : expected.length > 0 ? 'fail' : undeclared,
    explain: never.length === 0 ? `retries ${namesOf(retried)}` : `never retries ${missed.join(', ')}`,
    n: all.filter(({ call, retried }) => retried || !isFollowed(call)).length,
    statistic: { name: 'kinds never retried', value: never.length, unit: 'calls' },
    threshold: 1,
    evidence: shown.flatMap(([, cases]) =>
      cases.slice(0, 2).map(({ call, first }) => tryObservation(call, first, 'not retried')),
    ),
  };
}

/** The calls whose first attempts the journal has dropped: of none with their names something came before. */
const beheadedAmong = perObject((calls: readonly CallHistory[]): ReadonlySet<CallHistory> => {
  const later = calls.filter(({ tries: [first] }) => (first?.entry.attemptSeq ?? 1) > 1);
  if (later.length === 0) return new Set();
  const firstOf = new Map<string, CallHistory>();
  for (const call of calls) if (!firstOf.has(call.id)) firstOf.set(call.id, call);
  return new Set(later.filter((call) => firstOf.get(call.id) === call));
});

/** Kinds with their cases, by name. */
function namesOf(kinds: readonly (readonly [string, unknown])[]): string {
  return kinds.map(([kind]) => kind).join(', ');
}

/** The items for which it holds, and the others. */
function divide<Item>(items: readonly Item[], holds: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(holds), items.filter((item) => !holds(item))];
}

export function wasAborted(call: CallHistory, { outcomeOf }: RuleEvidence): boolean {
  return outcomeOf(call)?.abortedAt !== undefined;
}

/** Whether there may be a retry that is not seen: it is still to come, met a server that was down, or was thrown away. */
export function mayComeBack(attempt: Try, around: RunContext): boolean {
  const { downtimes = [], thrownAway = [] } = around;
  return (
    isToCome(attempt, around) ||
    (downtimes.length > 0 && mayHaveBeenRefused(attempt, windowsOf(downtimes))) ||
    mayHaveBeenRefused(attempt, thrownAway)
  );
}

/** Whether a retry may still be to come. */
export function isToCome({ entry, asked }: Try, { watchedUntil, clientEndedAt }: RunContext): boolean {
  if (clientEndedAt !== undefined) return false;
  const since = entry.t_end ?? watchedUntil;
  return watchedUntil - since < PATIENCE_MS + (asked?.waitMs ?? 0);
}
