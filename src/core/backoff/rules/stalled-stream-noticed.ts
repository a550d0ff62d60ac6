import { largest } from '../../collections/largest.ts';
import { plural } from '../../text/plural.ts';
import type { Try } from '../history/call-history.ts';
import { wasLeftWith } from '../kit/noticed.ts';
import { censored, seconds, tryObservation } from '../kit/observation.ts';
import { probeOf } from '../kit/probe.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import { sources } from '../kit/sources.ts';
import { struckBy } from '../kit/struck-by.ts';

/** A connection that closes so close to the end of the program was closed by that end. */
const AT_EXIT_MS = 250;

export const stalledStreamNoticed = defineRule({
  id: 'stalled_stream_noticed',
  summary: 'gives up on a stream that goes silent',
  source: sources.timeouts,
  severity: 'medium',
  confidence: 'deterministic',
  measures:
    'silence after the last byte until the client leaves; info when it never does (no SDK has an idle timeout by default)',
  falseAlarmBound: 0,
  advice: 'set a timeout between chunks, not only for the whole request',
  probe: { ...probeOf('stalled-stream', 15_000, { rules: [{ fault: 'stalled_stream' }], stream: true }), fullWindowMs: 130_000 },
  looksAt: 'eventful calls',
  check: ({ calls, watchedUntil, clientEndedAt }) => {
    const stalled = calls.flatMap((call) =>
      call.tries
        .filter((attempt) => wasLeftWith(attempt, 'stalled') && attempt.failure !== undefined && isSilent(attempt))
        .map((attempt) => {
          const { t_clientClose, t_lastByte, t_headers } = attempt.entry;
          const left = t_clientClose !== null && (clientEndedAt === undefined || t_clientClose < clientEndedAt - AT_EXIT_MS);
          return { call, attempt, left, silentMs: (t_clientClose ?? watchedUntil) - (t_lastByte ?? t_headers) };
        }),
    );
    if (stalled.length === 0) return notApplicable('no stream stalled for good');
    const held = stalled.filter(({ left }) => !left);
    const longest = largest(stalled.map(({ silentMs }) => silentMs));
    return {
      verdict: held.length > 0 ? 'info' : 'pass',
      explain:
        held.length > 0
          ? `${held.length} of ${plural(stalled.length, 'stalled stream was', 'stalled streams were')} still held after ${seconds(longest)}: no idle timeout`
          : `left ${plural(stalled.length, 'stalled stream')} after ${seconds(longest)} of silence at most`,
      n: stalled.length,
      statistic: { name: 'longest silence', value: longest, unit: 'ms' },
      evidence: held.map(({ call, attempt, silentMs }) => tryObservation(call, attempt, `silent for ${seconds(silentMs)}`)),
      ...(held.length > 0 ? { clock: censored(longest) } : {}),
    };
  },
});

/** Signs of life are judged by themselves. */
function isSilent(attempt: Try): boolean {
  return struckBy(attempt).every(({ beats }) => beats === undefined);
}
