import { smallest } from '../../collections/smallest.ts';
import { faultNamed } from '../../faults/registry.ts';
import { plural } from '../../text/plural.ts';
import type { CallHistory, Try } from '../history/call-history.ts';
import type { RuleResult } from '../kit/finding.ts';
import { wasLeftWith } from '../kit/noticed.ts';
import { censored, seconds, tryObservation } from '../kit/observation.ts';
import type { Probe } from '../kit/probe.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import type { RuleEvidence } from '../kit/rule-evidence.ts';

/** Silence after which a call that has nothing to wait for hangs. */
const SILENT_MS = 10_000;
const LATE_MS = 1_000;

const once = (name: string, fault: object) => ({ name, rules: [{ attempts: 1, fault }] });

const probe: Probe = {
  name: 'settles',
  windowMs: 16_000,
  fullWindowMs: 130_000,
  variants: [
    // What the client does by itself, to compare with.
    once('no hint', { rate_limit: { retry_after: 'none' } }),
    once('soon', { rate_limit: { retry_after: 'soon' } }),
    once('a date that is none', { rate_limit: { retry_after: 'Wed, 99 Foo 2026 25:61:00 GMT' } }),
    once('-5', { rate_limit: { retry_after: '-5' } }),
    { name: 'open after [DONE]', rules: [{ fault: 'open_after_done' }], stream: true },
    { name: 'a body that never comes', rules: [{ fault: { slow_body: { bytes: 1, every: '60m' } } }] },
  ],
};

export const settles = defineRule({
  id: 'settles',
  summary: 'every call ends, whatever the server does',
  source: 'pi #3671, https://github.com/earendil-works/pi/issues/3671',
  severity: 'high',
  confidence: 'deterministic',
  measures: `calls that are not over ${SILENT_MS / 1_000} s after a hint that cannot be read, or after [DONE] of a stream that stays open: fails at one, where the client does not hang without a hint, too; a body that never comes fails later than the client’s own x-stainless-timeout + 1 s, and is info before`,
  falseAlarmBound: 0,
  needsOutcome: true,
  advice:
    'check that a parsed hint is a finite number before it becomes a timer; stop reading a stream at [DONE]; give the whole answer a deadline, not its head alone',
  probe,
  check: (subject) => {
    const told = subject.calls.filter((call) => subject.outcomeOf(call) !== undefined && !wasAborted(call, subject));
    const cases = told.flatMap((call) => {
      const last = call.tries.at(-1);
      const why = trapOf(call);
      return last === undefined || why === undefined ? [] : [{ call, last, why }];
    });
    if (cases.length === 0) return notApplicable('no driver told whether a call ended that met such an answer');
    const open = cases.filter(({ call }) => subject.outcomeOf(call)?.ok === null);
    const hanging = open.filter((one) => hangs(one, subject));
    const ruling = {
      n: cases.length,
      statistic: { name: 'calls that hang', value: hanging.length, unit: 'calls' } as const,
      threshold: 1,
    };
    if (hanging.length > 0) return { ...ruling, ...accused(hanging, cases.length, subject) };
    if (open.length === 0) return { ...ruling, verdict: 'pass', explain: `${plural(cases.length, 'call')} ended` };
    const shortest = smallest(open.map(({ call, last }) => silentMs(call, last, subject)));
    return {
      ...ruling,
      verdict: open.every(({ why }) => why === BODY) ? 'info' : 'inconclusive',
      explain: `${open.length} of ${plural(cases.length, 'call')} had not ended ${seconds(shortest)} after ${nameAll(open)}; not seen to the end`,
      clock: censored(shortest),
      evidence: open.map(({ call, last, why }) =>
        tryObservation(call, last, `not over ${seconds(silentMs(call, last, subject))} after ${why}`),
      ),
    };
  },
});

interface Case {
  readonly call: CallHistory;
  readonly last: Try;
  /** What it met, in words. */
  readonly why: string;
}

const HINT = 'a hint that cannot be read';
const DONE = '[DONE] of a stream that stays open';
const BODY = 'the head of an answer whose body never comes';

function accused(hanging: readonly Case[], of: number, subject: RuleEvidence): Omit<RuleResult, 'n'> {
  return {
    verdict: 'fail',
    explain: `${hanging.length} of ${plural(of, 'call')} never ended, after ${nameAll(hanging)}`,
    evidence: hanging.map(({ call, last }) =>
      tryObservation(call, last, `nothing came for ${seconds(silentMs(call, last, subject))}, and the call is not over`),
    ),
  };
}

function nameAll(cases: readonly Case[]): string {
  return [...new Set(cases.map(({ why }) => why))].join(', ');
}

/** What the end of the call depends on; undefined for a call that met nothing of the kind. */
function trapOf({ tries }: CallHistory): string | undefined {
  if (tries.some(hasUnreadableHint)) return HINT;
  if (tries.some((attempt) => wasLeftWith(attempt, 'open') && attempt.entry.t_firstByteBefore !== null)) return DONE;
  return tries.some((attempt) => isDribbled(attempt) && attempt.entry.status === 200) ? BODY : undefined;
}

function isDribbled({ entry }: Try): boolean {
  return entry.faultApplied?.faults.some(({ name }) => faultNamed(name).slows === 'body') ?? false;
}

/** A number that is too large can be waited for; a date that is none, a word or a time in the past cannot. */
function hasUnreadableHint({ asked, entry: { hint, t_firstByteBefore } }: Try): boolean {
  return asked?.kind === 'insane' && hint !== null && (hint.dueAt === null || hint.dueAt <= (t_firstByteBefore ?? 0));
}

function hangs({ call, last, why }: Case, subject: RuleEvidence): boolean {
  const ms = silentMs(call, last, subject);
  if (why === BODY) return ms > (declaredMs(last) ?? Number.POSITIVE_INFINITY) + LATE_MS;
  if (why === HINT && !(hasUnreadableHint(last) && !isSlowByItself(subject))) return false;
  return ms >= SILENT_MS;
}

/** Whether a call that was told nothing at all is not over, either: the client waits longer than it was watched. */
function isSlowByItself({ calls, outcomeOf }: RuleEvidence): boolean {
  return calls.some((call) => {
    const last = call.tries.at(-1);
    return last?.failure === 'status' && last.asked === undefined && outcomeOf(call)?.ok === null;
  });
}

function silentMs(call: CallHistory, { entry }: Try, { outcomeOf, watchedUntil }: RuleEvidence): number {
  return (
    (outcomeOf(call)?.watchedUntil ?? watchedUntil) -
    (entry.t_lastByte ?? entry.t_end ?? entry.t_firstByteBefore ?? entry.t_headers)
  );
}

function wasAborted(call: CallHistory, { outcomeOf }: RuleEvidence): boolean {
  return outcomeOf(call)?.abortedAt !== undefined;
}

/** The timeout that the official SDKs announce, in seconds. */
function declaredMs({ entry }: Try): number | undefined {
  const text = entry.headers['x-stainless-timeout'];
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : undefined;
}
