import type { JournalEntry } from '../../journal/entry.ts';
import { plural } from '../../text/plural.ts';
import { peakOf } from '../history/in-flight.ts';
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
  measures: `requests between their head and the end of their answer, in all; fails above \`max_in_flight\`. One that its client left counts up to its last byte, or up to ${LEAVING_MS} ms before the mock saw it leave`,
  falseAlarmBound: 0,
  advice: 'take a place from one semaphore for each attempt, retries and hedges too, and give it back when the answer is over',
  // Only a policy asks for it, and what it needs is a client that is busy: no scene provokes it.
  probe: boundedAttempts.probe,
  check: ({ entries, policy }) => {
    const limit = policy.maxInFlight;
    if (limit === undefined) return notApplicable('the policy has no max_in_flight');
    const seen = peakOf(entries);
    if (seen.most === 0) return notApplicable('there was no request');
    const ruling = {
      n: entries.length,
      statistic: { name: 'requests in flight', value: seen.most, unit: 'requests' } as const,
      threshold: limit,
      correlation: 'exact' as const,
    };
    const text = `at most ${plural(seen.most, 'request was', 'requests were')} in flight at once; ${limit} may be`;
    if (seen.most <= limit) {
      const isTested = entries.length > limit;
      if (isTested) return { ...ruling, verdict: 'pass', explain: text };
      const few = `${plural(entries.length, 'request')} came in all, and ${limit} may be in flight at once: send more`;
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
      explain: `${plural(sure.most, 'request was', 'requests were')} in flight at once; ${limit} may be`,
      evidence: [
        {
          call: sure.entries.at(-1)?.logicalId ?? '',
          entries: sure.entries.slice(-NAMED).map(({ seq }) => seq),
          line: `${seconds((sure.at ?? 0) - (sure.entries[0]?.t_headers ?? 0))} after the first of them began, ${sure.most} requests were in flight`,
        },
      ],
    };
  },
});

/** When a request was over for its client at the latest. */
function surelyOver({ closedBy, t_lastByte: lastByte, t_clientClose: left, t_end: end }: JournalEntry): number | undefined {
  if (closedBy !== 'client') return end ?? undefined;
  return lastByte ?? (left ?? end ?? 0) - LEAVING_MS;
}
