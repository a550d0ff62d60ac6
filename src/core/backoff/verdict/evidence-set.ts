import { atOnce, type Steps } from '../../at-once.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import { perObject } from '../../memo/per-object.ts';
import type { Policy } from '../../policy/policy.ts';
import type { CallHistory } from '../history/call-history.ts';
import { failureOf } from '../history/failure.ts';
import { withHiddenAttempts } from '../history/hidden-attempts.ts';
import { recogniseCalls, suspectedHistories } from '../history/history.ts';
import { thrownAwayIn } from '../history/thrown-away.ts';
import type { ClientOutcome, RuleEvidence, RunContext } from '../kit/rule-evidence.ts';
import { type UnservedRequests, unservedRequests } from './unserved-requests.ts';

/** What rules look at: the calls that are recognised, and beside them those that are not. */
export interface Worlds {
  readonly certain: RuleEvidence;
  readonly ambiguous: RuleEvidence;
  /** Where a declaration leaves several ways to deal requests out to calls: what is certain, with one of them each. */
  readonly dealings: readonly RuleEvidence[];
}

/** What is known of a run. */
export interface EvidenceSet extends Worlds {
  /** How the requests contradict what the program declares of its calls. */
  readonly contradiction: string | undefined;
  readonly calls: readonly CallHistory[];
  /** Requests that the mock does not serve. */
  readonly unserved: readonly UnservedRequests[];
}

/** The journal as rules look at it. */
export function evidenceOf(entries: readonly JournalEntry[], circumstances: RunContext, policy: Policy): EvidenceSet {
  return atOnce(gatherEvidence(entries, circumstances, policy));
}

/** See `evidenceOf`. */
export function* gatherEvidence(entries: readonly JournalEntry[], circumstances: RunContext, policy: Policy): Steps<EvidenceSet> {
  const served = entries.filter(({ unserved }) => !unserved);
  yield;
  const { downtimes = [] } = circumstances;
  const { histories, dealings, contradiction } = yield* recogniseCalls(entries, policy.calls);
  yield;
  const thrownAway = thrownAwayIn(entries);
  yield;
  const seen = (histories: readonly CallHistory[]) => withHiddenAttempts(histories, downtimes, thrownAway);
  const calls = seen(histories);
  yield;
  const suspected = policy.calls === undefined ? seen(suspectedHistories(entries)) : [];
  yield;
  const dealt = new Set((dealings[0] ?? []).flatMap(({ tries }) => tries.map(({ entry }) => entry)));
  const suspects = new Set(suspected.flatMap(({ tries }) => tries.map(({ entry }) => entry)));
  const outcomes = new Map((circumstances.outcomes ?? []).map((outcome) => [outcome.call, outcome]));
  const subject = (meant: readonly CallHistory[]): RuleEvidence => ({
    ...circumstances,
    thrownAway,
    entries: served,
    calls: meant,
    policy,
    outcomeOf: (call): ClientOutcome | undefined => outcomeOf(call, outcomes.get(call.id)),
    isAnswered: ({ id }) => answeredCalls(served).has(id),
  });
  const certain = calls.filter(({ certainty }) => certainty !== 'ambiguous');
  const isLeftOut = ({ tries }: CallHistory) => tries.some(({ entry }) => suspects.has(entry) || dealt.has(entry));
  return {
    certain: subject(certain),
    ambiguous: subject([...calls.filter((call) => call.certainty === 'ambiguous' && !isLeftOut(call)), ...suspected]),
    dealings: dealings.map((dealing) => subject([...certain, ...seen(dealing)])),
    contradiction,
    calls,
    unserved: unservedRequests(entries),
  };
}

/** Names of calls that got an answer that is whole. */
const answeredCalls = perObject(
  (entries: readonly JournalEntry[]): ReadonlySet<string> =>
    new Set(entries.filter((entry) => failureOf(entry) === undefined).map(({ logicalId }) => logicalId)),
);

/** What came of a call that the client gave up for another model is that it failed. */
function outcomeOf({ replaced }: CallHistory, told: ClientOutcome | undefined): ClientOutcome | undefined {
  if (!replaced || told === undefined) return told;
  const { text, ...rest } = told;
  return { ...rest, ok: false };
}
