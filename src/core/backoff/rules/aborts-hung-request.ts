import { largest } from '../../collections/largest.ts';
import { plural } from '../../text/plural.ts';
import type { Try } from '../history/call-history.ts';
import { wasLeftWith } from '../kit/noticed.ts';
import { callObservation, censored, seconds, tryObservation } from '../kit/observation.ts';
import { probeOf } from '../kit/probe.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import type { RuleEvidence } from '../kit/rule-evidence.ts';
import { sources } from '../kit/sources.ts';

/** Timeouts that are retried more often than this are billed again and again (backoff.md D5). */
const RETRIES_FORGIVEN = 2;
/** A connection that closes so close to the end of the program was closed by that end. */
const AT_EXIT_MS = 250;
const LATE_MS = 1_000;

export const abortsHungRequest = defineRule({
  id: 'aborts_hung_request',
  summary: 'gives up on a server that accepts and never answers',
  source: sources.timeouts,
  severity: 'high',
  confidence: 'deterministic',
  measures: `time until the client closes; warns later than its own x-stainless-timeout + 1 s, or when timeouts are retried more than ${RETRIES_FORGIVEN} times`,
  falseAlarmBound: 0,
  advice: 'set a timeout for each attempt (the default of the SDKs is 10 minutes) and do not retry timeouts more than twice',
  probe: { ...probeOf('aborts-hung-request', 15_000, { rules: [{ fault: 'hang' }] }), fullWindowMs: 130_000 },
  looksAt: 'eventful calls',
  check: (subject) => {
    const hung = subject.calls.flatMap((call) => call.tries.filter(isHung).map((attempt) => ({ call, attempt })));
    if (hung.length === 0) return notApplicable('no request was left without an answer');
    const left = hung.filter(({ attempt }) => leftByItself(attempt, subject));
    // A client that left one attempt of a call has a timeout.
    const held = hung.filter(({ call, attempt }) => !leftByItself(attempt, subject) && !left.some((one) => one.call === call));
    const late = left.filter(
      ({ attempt }) => heldMs(attempt, subject) > (timeoutMs(attempt) ?? Number.POSITIVE_INFINITY) + LATE_MS,
    );
    const repeated = subject.calls.filter(({ tries }) => roundsOf(tries.filter(isHung)) > RETRIES_FORGIVEN + 1);
    const longest = largest(
      (held.length > 0 ? held : left).map(({ attempt }) => heldMs(attempt, subject)),
      0,
    );
    const ruling = { n: hung.length, statistic: { name: 'longest hold', value: longest, unit: 'ms' } as const };
    if (late.length + repeated.length > 0) {
      return {
        ...ruling,
        verdict: 'warn',
        explain:
          late.length > 0
            ? `${plural(late.length, 'attempt was', 'attempts were')} held longer than the timeout that the client declares`
            : `${plural(repeated.length, 'call')} retried timeouts more than ${RETRIES_FORGIVEN} times; each may be billed`,
        evidence: [
          ...late.map(({ call, attempt }) => tryObservation(call, attempt, `left after ${seconds(heldMs(attempt, subject))}`)),
          ...repeated.map((call) => callObservation(call)),
        ],
      };
    }
    if (held.length > 0) {
      return {
        ...ruling,
        verdict: 'inconclusive',
        explain: `${plural(held.length, 'unanswered request was', 'unanswered requests were')} still open after ${seconds(longest)}; lower the client's timeout or watch longer`,
        evidence: held.map(({ call, attempt }) => tryObservation(call, attempt, `held for ${seconds(heldMs(attempt, subject))}`)),
        clock: censored(longest),
      };
    }
    return {
      ...ruling,
      verdict: 'pass',
      explain: `left ${plural(left.length, 'unanswered request')} after ${seconds(longest)} at most`,
    };
  },
});

/** Held without a byte, until the client left or for as long as we watched. */
function isHung(attempt: Try): boolean {
  const { entry, failure } = attempt;
  return (
    wasLeftWith(attempt, 'silence') && entry.t_firstByteBefore === null && (failure === 'abandoned' || failure === 'pending')
  );
}

/** How often the client asked, hedged requests counted as one: they came before the one that they hedge had ended. */
function roundsOf(hung: readonly Try[]): number {
  let rounds = 0;
  let endsAt = Number.NEGATIVE_INFINITY;
  for (const { entry } of hung) {
    if (entry.t_headers < endsAt) continue;
    rounds += 1;
    endsAt = entry.t_clientClose ?? Number.POSITIVE_INFINITY;
  }
  return rounds;
}

function heldMs({ entry }: Try, { watchedUntil }: RuleEvidence): number {
  return (entry.t_clientClose ?? watchedUntil) - entry.t_headers;
}

function leftByItself({ entry }: Try, { clientEndedAt }: RuleEvidence): boolean {
  if (entry.t_clientClose === null) return false;
  return clientEndedAt === undefined || entry.t_clientClose < clientEndedAt - AT_EXIT_MS;
}

/** The timeout that the official SDKs announce, in seconds. */
function timeoutMs({ entry }: Try): number | undefined {
  const text = entry.headers['x-stainless-timeout'];
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : undefined;
}
