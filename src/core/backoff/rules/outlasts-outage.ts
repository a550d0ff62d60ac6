import { largest } from '../../collections/largest.ts';
import { smallest } from '../../collections/smallest.ts';
import { plural } from '../../text/plural.ts';
import { msBetween } from '../../units/ms-between.ts';
import type { CallHistory } from '../history/call-history.ts';
import { mayHaveBeenRefused, windowsOf } from '../history/hidden-attempts.ts';
import { isPermanent, isQuota } from '../history/permanent.ts';
import { LONG_HINT_MS } from '../history/retry-hint.ts';
import { failedWithin } from '../kit/failed-within.ts';
import { callObservation, seconds } from '../kit/observation.ts';
import { probeOf } from '../kit/probe.ts';
import { mayComeBack, wasAborted } from '../kit/retried.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import type { Outage, RuleEvidence } from '../kit/rule-evidence.ts';
import { sources } from '../kit/sources.ts';

/** Of an outage that a call has to meet for its end to show patience. */
const TESTING_SHARE = 0.5;

export const outlastsOutage = defineRule({
  id: 'outlasts_outage',
  summary: 'is still trying when a short outage ends',
  source: `${sources.overload}; ${sources.transientFaults}`,
  severity: 'low',
  confidence: 'deterministic',
  measures:
    'calls that failed in an outage of known length and gave up before it ended; info, for how long is worth while only the user knows; warns at one call that gave up sooner than `outlasts` after its first attempt, where the policy has it',
  falseAlarmBound: 0,
  advice: 'let the waits add up to more than the outages that you want to survive: more attempts, or a higher cap',
  bearsHidden: true,
  probe: probeOf('outlasts-outage', 16_000, { rules: [{ during: '0s..10s', fault: 'overloaded' }], calls: 4 }),
  check: (subject) => {
    const { outages = [], downtimes = [], policy } = subject;
    const struck = outages.flatMap((outage) =>
      subject.calls.flatMap((call) => {
        const first = call.tries.find((attempt) => failedWithin(attempt, outage, downtimes));
        // What goes on elsewhere need not wait for the end.
        return first === undefined || call.failovers.length > 0 || isExcused(call, subject) || isOutOfSight(call, subject)
          ? []
          : [
              {
                call,
                outage,
                lastedMs: lastedMs(call, outage, subject),
                startedAt: Math.max(first.entry.t_headers, outage.from),
              },
            ];
      }),
    );
    // A call that began when the outage was nearly over outlasts it without patience.
    const hit = struck.filter(({ lastedMs: ms, outage, startedAt }) => {
      const testMs = Math.min(policy.outlastsMs ?? Number.POSITIVE_INFINITY, msBetween(outage.from, outage.to) * TESTING_SHARE);
      return ms !== undefined || msBetween(startedAt, outage.to) >= testMs;
    });
    const gone = hit.filter(({ lastedMs: ms, outage, startedAt }) => {
      const neededMs = Math.min(msBetween(startedAt, outage.to), policy.outlastsMs ?? Number.POSITIVE_INFINITY);
      return ms !== undefined && ms < neededMs;
    });
    if (struck.length === 0) return notApplicable('no call failed in an outage of the scenario');
    if (hit.length === 0) return notApplicable('no call failed before an outage of the scenario was nearly over');
    const calls = new Set(hit.map(({ call }) => call)).size;
    const longest = seconds(largest(hit.map(({ outage }) => msBetween(outage.from, outage.to))));
    const soonest = seconds(smallest(gone.map(({ lastedMs: ms = 0 }) => ms)));
    const ruling = {
      n: calls,
      statistic: { name: 'calls that gave up', value: gone.length, unit: 'calls' } as const,
      threshold: 1,
      evidence: gone.map(({ call, lastedMs: ms = 0 }) => callObservation(call, `gave up after ${seconds(ms)}`)),
    };
    if (gone.length === 0)
      return {
        ...ruling,
        verdict: 'pass',
        explain: `${plural(calls, 'call')} outlasted an outage of ${longest}${asked(subject)}`,
      };
    return {
      ...ruling,
      verdict: policy.outlastsMs === undefined ? 'info' : 'warn',
      explain: `${gone.length} of ${plural(calls, 'call')} gave up before an outage of ${longest} was over, the first after ${soonest}${asked(subject)}`,
    };
  },
});

function asked({ policy: { outlastsMs } }: RuleEvidence): string {
  return outlastsMs === undefined ? '' : `; ${seconds(outlastsMs)} are expected`;
}

/** Whether it may have gone on, without anybody seeing that: the server was down. */
function isOutOfSight(call: CallHistory, { downtimes = [], outcomeOf }: RuleEvidence): boolean {
  return downtimes.length > 0 && outcomeOf(call) === undefined && mayHaveBeenRefused(call.tries.at(-1), windowsOf(downtimes));
}

/** How long the call lasted that gave up within the outage; undefined where it went on until after it, or may have. */
function lastedMs(call: CallHistory, { to }: Outage, subject: RuleEvidence): number | undefined {
  const [first] = call.tries;
  const last = call.tries.at(-1);
  if (first === undefined || last?.failure === undefined || last.entry.t_headers >= to) return undefined;
  const outcome = subject.outcomeOf(call);
  const endedAt = outcome?.settledAt ?? last.entry.t_end;
  const isOpen = outcome === undefined ? mayComeBack(last, subject) : outcome.ok === null;
  if (isOpen || endedAt === null || endedAt >= to) return undefined;
  return msBetween(first.entry.t_headers, endedAt);
}

/** Who was told to stop, to wait for long, or that nothing will help, is right to give up. */
function isExcused(call: CallHistory, subject: RuleEvidence): boolean {
  const last = call.tries.at(-1);
  if (last?.failure === undefined) return false;
  return (
    wasAborted(call, subject) ||
    call.replaced ||
    isPermanent(last.entry, subject.policy) ||
    isQuota(last.entry) ||
    last.entry.shouldRetry === 'false' ||
    (last.asked?.waitMs ?? 0) > LONG_HINT_MS
  );
}
