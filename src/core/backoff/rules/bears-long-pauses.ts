import { largest } from '../../collections/largest.ts';
import { plural } from '../../text/plural.ts';
import type { Try } from '../history/call-history.ts';
import { leftByItself } from '../kit/left-by-itself.ts';
import { seconds, tryObservation } from '../kit/observation.ts';
import { probeOf } from '../kit/probe.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import { struckBy } from '../kit/struck-by.ts';

/** The pause of its probe. */
const PAUSE_MS = 8_000;

export const bearsLongPauses = defineRule({
  id: 'bears_long_pauses',
  summary: 'waits for a stream that pauses and goes on',
  source: 'otari #527, https://github.com/mozilla-ai/otari/issues/527; ds4 #1006, https://github.com/antirez/ds4/issues/1006',
  severity: 'low',
  confidence: 'deterministic',
  measures:
    'whether the client leaves within a pause that the stream would have gone on after; fails where it is no longer than max_pause',
  falseAlarmBound: 0,
  advice: 'reasoning models pause for long: set the timeout between chunks above the longest pause that you want to bear',
  probe: probeOf('long-pause', 15_000, {
    rules: [{ attempts: 1, fault: { stalled_stream: { for: `${PAUSE_MS}ms` } } }],
    stream: true,
  }),
  check: (subject) => {
    const { maxPauseMs } = subject.policy;
    const paused = subject.calls.flatMap((call) =>
      call.tries.flatMap((attempt) => {
        const pauseMs = pauseOf(attempt);
        return pauseMs === undefined ? [] : [{ call, attempt, pauseMs }];
      }),
    );
    const borne = paused.filter(({ attempt }) => attempt.failure === undefined && attempt.entry.closedBy === null);
    const left = paused.filter(({ attempt }) => attempt.failure === 'abandoned' && leftByItself(attempt, subject));
    if (borne.length + left.length === 0) return notApplicable('no stream paused and went on');
    const breaches = left.filter(({ pauseMs }) => maxPauseMs === undefined || pauseMs <= maxPauseMs);
    const longest = largest(
      borne.map(({ pauseMs }) => pauseMs),
      0,
    );
    const ruling = {
      n: borne.length + left.length,
      statistic: { name: 'longest pause borne', value: longest, unit: 'ms' } as const,
    };
    if (breaches.length > 0) {
      return {
        ...ruling,
        verdict: maxPauseMs === undefined ? 'info' : 'fail',
        explain: `left ${breaches.length} of ${plural(ruling.n, 'stream')} that paused and would have gone on`,
        evidence: breaches.map(({ call, attempt, pauseMs }) =>
          tryObservation(call, attempt, `left within a pause of ${seconds(pauseMs)}`),
        ),
      };
    }
    const asked = maxPauseMs ?? PAUSE_MS;
    if (longest >= asked)
      return { ...ruling, verdict: 'pass', explain: `waited for streams that paused for ${seconds(longest)}` };
    return {
      ...ruling,
      verdict: maxPauseMs === undefined ? 'info' : 'inconclusive',
      explain: `waited for streams that paused for ${seconds(longest)} at most; no pause of ${seconds(asked)} was borne or left`,
    };
  },
});

/** The silence after which the stream goes on; undefined where it has none, or is slow in other ways, too. */
function pauseOf(attempt: Try): number | undefined {
  const faults = struckBy(attempt);
  if (!attempt.entry.stream || faults.some(({ slows }) => slows === 'body' || slows === 'chunks')) return undefined;
  return faults.find(({ pauseMs }) => pauseMs !== undefined)?.pauseMs;
}
