import { largest } from '../../collections/largest.ts';
import { plural } from '../../text/plural.ts';
import type { Try } from '../history/call-history.ts';
import { leftByItself } from '../kit/left-by-itself.ts';
import { wasLeftWith } from '../kit/noticed.ts';
import { censored, seconds, tryObservation } from '../kit/observation.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import type { RuleEvidence } from '../kit/rule-evidence.ts';
import { struckBy } from '../kit/struck-by.ts';

/** So much longer than in silence may be a matter of timers. */
const FORGIVEN_FACTOR = 2;
const FORGIVEN_MS = 1_000;

export const heartbeatsDoNotFool = defineRule({
  id: 'heartbeats_do_not_fool',
  summary: 'gives up on a stream that sends comments only as on a silent one',
  source:
    'WHATWG HTML 9.2.7 (comments keep a connection open, and are no events), https://html.spec.whatwg.org/multipage/server-sent-events.html#authoring-notes; litellm #34374, https://github.com/BerriAI/litellm/issues/34374',
  severity: 'medium',
  confidence: 'deterministic',
  measures: `from the head of a stream that sends comments for ever until the client leaves; warns from ${FORGIVEN_FACTOR} times the longest silence that it bears + ${FORGIVEN_MS / 1_000} s`,
  falseAlarmBound: 0,
  advice: 'let only events with data start the timer between chunks anew, not every byte',
  probe: {
    name: 'heartbeats',
    windowMs: 15_000,
    fullWindowMs: 130_000,
    variants: [
      { name: 'comments only', rules: [{ fault: { stalled_stream: { heartbeat: { every: '500ms' } } } }], stream: true },
      { name: 'silence', rules: [{ fault: 'stalled_stream' }], stream: true },
    ],
  },
  looksAt: 'eventful calls',
  check: (subject) => {
    const tries = subject.calls.flatMap((call) => call.tries.map((attempt) => ({ call, attempt })));
    const stalled = tries.filter(({ attempt }) => attempt.failure !== undefined && wasLeftWith(attempt, 'stalled'));
    const beating = stalled.filter(
      ({ attempt }) => struckBy(attempt).some(({ beats }) => beats === 'comment') && hasHead(attempt),
    );
    if (beating.length === 0) return notApplicable('no stream sent comments only');
    const silent = stalled.filter(({ attempt }) => struckBy(attempt).every(({ beats }) => beats === undefined));
    const patience = silent.filter(({ attempt }) => leftByItself(attempt, subject)).map(({ attempt }) => silenceOf(attempt));
    const holds = beating.map((one) => ({ ...one, ms: heldMs(one.attempt, subject), left: leftByItself(one.attempt, subject) }));
    const longest = largest(holds.map(({ ms }) => ms));
    const ruling = { n: beating.length, statistic: { name: 'longest hold', value: longest, unit: 'ms' } as const };
    const streams = plural(beating.length, 'stream that sent comments only', 'streams that sent comments only');
    if (patience.length === 0) {
      if (holds.every(({ left }) => left)) {
        return { ...ruling, verdict: 'pass', explain: `left ${streams} after ${seconds(longest)} at most` };
      }
      return {
        ...ruling,
        verdict: 'info',
        explain: `${streams} held for ${seconds(longest)}, and no silent stream was given up: no idle timeout was seen`,
        clock: censored(longest),
      };
    }
    const usual = largest(patience);
    const threshold = FORGIVEN_FACTOR * usual + FORGIVEN_MS;
    const fooled = holds.filter(({ ms }) => ms > threshold);
    if (fooled.length > 0) {
      return {
        ...ruling,
        verdict: 'warn',
        threshold,
        explain: `gives up a silent stream after ${seconds(usual)}, and held ${fooled.length} of ${streams} for ${seconds(longest)}`,
        evidence: fooled.map(({ call, attempt, ms }) => tryObservation(call, attempt, `comments only, held for ${seconds(ms)}`)),
      };
    }
    if (holds.some(({ left }) => !left)) {
      const explain = `${streams} still held after ${seconds(longest)}; watch for longer than ${seconds(threshold)}`;
      return { ...ruling, threshold, verdict: 'inconclusive', explain, clock: censored(longest) };
    }
    const explain = `left ${streams} after ${seconds(longest)} at most, silent ones after ${seconds(usual)}`;
    return { ...ruling, threshold, verdict: 'pass', explain };
  },
});

function hasHead({ entry }: Try): boolean {
  return entry.t_firstByteBefore !== null;
}

/** How long the client bore silence before it left. */
function silenceOf({ entry }: Try): number {
  return (entry.t_clientClose ?? 0) - (entry.t_lastByte ?? entry.t_headers);
}

function heldMs({ entry }: Try, { watchedUntil }: RuleEvidence): number {
  return (entry.t_clientClose ?? entry.t_end ?? watchedUntil) - (entry.t_firstByteBefore ?? entry.t_headers);
}
