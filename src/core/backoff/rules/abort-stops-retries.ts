import { plural } from '../../text/plural.ts';
import type { CallHistory } from '../history/call-history.ts';
import type { RuleResult } from '../kit/finding.ts';
import { seconds } from '../kit/observation.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import type { ClientOutcome } from '../kit/rule-evidence.ts';

const SETTLE_MS = 500;
const CLOSE_MS = 1_000;
/** A request may be on its way while the order to stop is. */
const CROSSING_MS = 50;

export const abortStopsRetries = defineRule({
  id: 'abort_stops_retries',
  summary: 'told to stop, stops: no attempt follows, the call ends, the connection closes',
  source: 'openai-node #2580, https://github.com/openai/openai-node/issues/2580',
  severity: 'medium',
  confidence: 'deterministic',
  measures: `after an abort: fails when an attempt follows, the call takes longer than ${SETTLE_MS} ms to end, or a stream stays open for more than ${CLOSE_MS} ms`,
  falseAlarmBound: 0,
  needsOutcome: true,
  advice: 'listen to the abort signal while sleeping between attempts, and pass it to the request',
  probe: {
    name: 'abort',
    windowMs: 12_000,
    variants: [
      { name: 'while it waits', rules: [{ fault: { rate_limit: { retry_after: '3s' } } }], abortAfterMs: 300, calls: 2 },
      { name: 'within a stream', rules: [{ fault: { stalled_stream: { after_chunks: 2 } } }], stream: true, abortAfterMs: 500 },
    ],
  },
  check: ({ calls, outcomeOf, watchedUntil }): RuleResult => {
    const aborted = calls.flatMap((call) => {
      const outcome = outcomeOf(call);
      return outcome?.abortedAt === undefined
        ? []
        : [{ call, complaint: complaintOf(call, outcome, outcome.abortedAt, watchedUntil) }];
    });
    if (aborted.length === 0) return notApplicable('no driver told the client to stop');
    const bad = aborted.filter(({ complaint }) => complaint !== undefined);
    return {
      verdict: bad.length > 0 ? 'fail' : 'pass',
      explain:
        bad.length > 0
          ? `${bad.length} of ${plural(aborted.length, 'call')} went on after they were told to stop`
          : `${plural(aborted.length, 'call')} stopped when told to`,
      n: aborted.length,
      statistic: { name: 'calls that went on', value: bad.length, unit: 'calls' },
      threshold: 1,
      evidence: bad.map(({ call, complaint = '' }) => ({
        call: call.id,
        entries: call.tries.map(({ entry }) => entry.seq),
        line: complaint,
      })),
    };
  },
});

function complaintOf(
  { tries }: CallHistory,
  { settledAt, ok }: ClientOutcome,
  abortedAt: number,
  watchedUntil: number,
): string | undefined {
  const later = tries.find(({ entry, position }) => position > 1 && entry.t_headers > abortedAt + CROSSING_MS);
  if (later !== undefined)
    return `aborted, yet attempt ${later.position} came ${seconds(later.entry.t_headers - abortedAt)} later`;
  const tookMs = (settledAt ?? watchedUntil) - abortedAt;
  if (tookMs > SETTLE_MS && (settledAt !== undefined || ok === null))
    return `aborted, and the call ended ${seconds(tookMs)} later`;
  const open = tries.find(({ entry }) => entry.t_headers <= abortedAt && (entry.t_end ?? watchedUntil) > abortedAt + CLOSE_MS);
  return open === undefined
    ? undefined
    : `aborted, and attempt ${open.position} was held for ${seconds((open.entry.t_end ?? watchedUntil) - abortedAt)} more`;
}
