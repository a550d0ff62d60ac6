import { smallest } from '../../collections/smallest.ts';
import { msBetween } from '../../units/ms-between.ts';
import type { CallHistory } from '../history/call-history.ts';
import { failedWithin } from '../kit/failed-within.ts';
import { callObservation, seconds } from '../kit/observation.ts';
import { probeOf } from '../kit/probe.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import { sources } from '../kit/sources.ts';
import { median } from '../kit/statistics.ts';
import { upMsBetween } from '../kit/up-time.ts';

const LEAST_MS = 60_000;
const SLOW_MS = 30_000;
const LONG_OUTAGE_MS = 10_000;
const NEEDED = 10;

/** The wait before the last attempt: at most so long, where attempts may be missing before it. */
function longestLastWait({ gaps, tries, hidden }: CallHistory): number {
  const [before, last] = tries.slice(-2);
  if (hidden === undefined || before === undefined || last === undefined) return gaps.at(-1)?.gapMs ?? 0;
  return msBetween(before.entry.t_end ?? before.entry.t_headers, last.entry.t_headers);
}

export const recoversPromptly = defineRule({
  id: 'recovers_promptly',
  summary: 'comes back soon after an outage ends',
  source: sources.timeouts,
  severity: 'medium',
  confidence: 'deterministic',
  measures: `time from the end of the outage to the success of calls that failed in it; fails above max(2 · last wait, 60 s), or 3 times an outage of 10 s and more, in most of ${NEEDED} calls`,
  falseAlarmBound: 0,
  advice: 'cap the backoff well below the time that users wait, and probe at that pace',
  bearsHidden: true,
  probe: probeOf('recovers-promptly', 25_000, { rules: [{ during: '0s..1s', fault: 'overloaded' }], calls: 12 }),
  looksAt: 'eventful calls',
  check: ({ calls, outages = [], downtimes = [] }) => {
    const recovered = calls.flatMap((call) => {
      const last = call.tries.at(-1);
      // An outage that comes again has the call wait for the end of the one that it failed in last.
      const failedIn = call.tries
        .flatMap((attempt) => outages.find((outage) => failedWithin(attempt, outage, downtimes)) ?? [])
        .at(-1);
      if (last === undefined || last.failure !== undefined || failedIn === undefined || last.entry.t_headers < failedIn.to)
        return [];
      const lastGap = longestLastWait(call);
      const outageMs = msBetween(failedIn.from, failedIn.to);
      const byGap = Math.max(2 * lastGap, LEAST_MS);
      const limit = outageMs >= LONG_OUTAGE_MS ? Math.min(byGap, 3 * outageMs) : byGap;
      return [{ call, afterMs: upMsBetween(failedIn.to, last.entry.t_headers, outages), limit }];
    });
    if (recovered.length === 0) return notApplicable('no call failed in an outage of the scenario and succeeded after it');
    const typical = median(recovered.map(({ afterMs }) => afterMs));
    const slow = recovered.filter(({ afterMs, limit }) => afterMs > limit);
    const ruling = {
      n: recovered.length,
      statistic: { name: 'median time to recover', value: typical, unit: 'ms' } as const,
      threshold: smallest(recovered.map(({ limit }) => limit)),
      explain: `calls succeeded ${seconds(typical)} after the outage (median)`,
      evidence: slow.map(({ call, afterMs }) => callObservation(call, `${seconds(afterMs)} after the outage`)),
    };
    if (slow.length > recovered.length / 2) return { ...ruling, verdict: recovered.length >= NEEDED ? 'fail' : 'warn' };
    return { ...ruling, verdict: typical > SLOW_MS ? 'warn' : 'pass' };
  },
});
