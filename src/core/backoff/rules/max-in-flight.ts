import { groupBy } from '../../collections/group-by.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import type { Policy } from '../../policy/policy.ts';
import { plural } from '../../text/plural.ts';
import { type Peak, peakOf } from '../history/in-flight.ts';
import { shownKey, targetOf } from '../history/target.ts';
import type { RuleResult } from '../kit/finding.ts';
import { seconds } from '../kit/observation.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import { boundedAttempts } from './bounded-attempts.ts';

/** The mock may read that a client has left after it has read what the client sent next. */
const LEAVING_MS = 250;
/** Requests that the evidence names. */
const NAMED = 10;

export const maxInFlight = defineRule({
  id: 'max_in_flight',
  summary: 'has no more requests in flight at once than it declares',
  source:
    'Envoy, Circuit breaking: max_requests, https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/circuit_breaking; litellm #32441, https://github.com/BerriAI/litellm/issues/32441',
  severity: 'medium',
  confidence: 'deterministic',
  measures: `requests between their head and the end of their answer, in all, with one key or to one target, as the policy says; fails above \`max_in_flight\`. One that its client left counts up to its last byte, or up to ${LEAVING_MS} ms before the mock saw it leave`,
  falseAlarmBound: 0,
  advice: 'take a place from one semaphore for each attempt, retries and hedges too, and give it back when the answer is over',
  // Only a policy asks for it, and what it needs is a client that is busy: no scene provokes it.
  probe: boundedAttempts.probe,
  check: ({ entries, policy }) => {
    const bounds = boundsOf(policy);
    if (bounds.length === 0) return notApplicable('the policy has no max_in_flight');
    if (peakOf(entries).most === 0) return notApplicable('there was no request');
    return worst(bounds.map((bound) => rulingOf(entries, bound)));
  },
});

/** A bound of the policy, and the requests that it holds together. */
interface Bound {
  readonly limit: number;
  /** Equal for requests that are held together. */
  groupOf(entry: JournalEntry): string | null;
  /** Stands behind `request`: ` with key 3f2a81c0`. */
  nameOf(entry: JournalEntry): string;
}

function boundsOf({ maxInFlight: { inAll, byKey, byTarget } = {} }: Policy): readonly Bound[] {
  const withKey = (entry: JournalEntry) => ` with ${shownKey(entry) === null ? 'no key' : `key ${shownKey(entry)}`}`;
  return [
    ...(inAll === undefined ? [] : [{ limit: inAll, groupOf: () => '', nameOf: () => '' }]),
    ...(byKey === undefined
      ? []
      : [{ limit: byKey, groupOf: (entry: JournalEntry) => entry.authorizationHash, nameOf: withKey }]),
    ...(byTarget === undefined
      ? []
      : [
          {
            limit: byTarget,
            groupOf: targetOf,
            nameOf: (entry: JournalEntry) => ` to ${entry.model ?? 'no model'}${withKey(entry)}`,
          },
        ]),
  ];
}

/** What becomes of a bound: the worst of its groups. Groups that are too small to tell count where all are. */
function rulingOf(entries: readonly JournalEntry[], bound: Bound): RuleResult {
  const rulings = [...groupBy(entries, bound.groupOf).values()].map((group) => rulingOn(group, bound));
  const telling = rulings.filter(({ n = 0 }) => n > bound.limit);
  return worst(telling.length === 0 ? rulings : telling);
}

const WORST_FIRST: readonly RuleResult['verdict'][] = ['fail', 'inconclusive', 'pass'];

/** Of several that are as bad, the one with the most in flight. */
function worst(rulings: readonly RuleResult[]): RuleResult {
  const byVerdict = ({ verdict }: RuleResult) => WORST_FIRST.indexOf(verdict);
  const most = ({ statistic }: RuleResult) => statistic?.value ?? 0;
  const [first] = rulings.toSorted((one, other) => byVerdict(one) - byVerdict(other) || most(other) - most(one));
  return first ?? notApplicable('there was no request');
}

function rulingOn(entries: readonly JournalEntry[], { limit, nameOf }: Bound): RuleResult {
  const [first] = entries;
  const where = first === undefined ? '' : nameOf(first);
  const were = (count: number) =>
    `${plural(count, 'request')}${where} ${count === 1 ? 'was' : 'were'} in flight at once; ${limit} may be`;
  const seen = peakOf(entries);
  const ruling = {
    n: entries.length,
    statistic: { name: 'requests in flight', value: seen.most, unit: 'requests' } as const,
    threshold: limit,
    correlation: 'exact' as const,
  };
  const text = `at most ${were(seen.most)}`;
  if (seen.most <= limit) {
    if (entries.length > limit) return { ...ruling, verdict: 'pass', explain: text };
    const few = `${plural(entries.length, 'request')}${where} came in all, and ${limit} may be in flight at once: send more`;
    return { ...ruling, verdict: 'inconclusive', explain: few };
  }
  const sure = peakOf(entries, surelyOver);
  if (sure.most <= limit) {
    const explain = `${text}, but some of them their client had left, or was about to leave`;
    return { ...ruling, verdict: 'inconclusive', explain };
  }
  return {
    ...ruling,
    statistic: { ...ruling.statistic, value: sure.most },
    verdict: 'fail',
    explain: were(sure.most),
    evidence: [evidenceOf(sure)],
  };
}

function evidenceOf({ entries, at, most }: Peak) {
  return {
    call: entries.at(-1)?.logicalId ?? '',
    entries: entries.slice(-NAMED).map(({ seq }) => seq),
    line: `${seconds((at ?? 0) - (entries[0]?.t_headers ?? 0))} after the first of them began, ${most} requests were in flight`,
  };
}

/** When a request was over for its client at the latest. */
function surelyOver({ closedBy, t_lastByte: lastByte, t_clientClose: left, t_end: end }: JournalEntry): number | undefined {
  if (closedBy !== 'client') return end ?? undefined;
  return lastByte ?? (left ?? end ?? 0) - LEAVING_MS;
}
