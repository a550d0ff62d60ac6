import { groupBy } from '../../collections/group-by.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import type { Policy } from '../../policy/policy.ts';
import { plural } from '../../text/plural.ts';
import { callersAtOnce } from '../history/callers-at-once.ts';
import { failureOf, failureText } from '../history/failure.ts';
import { invitesRetry } from '../history/invites-retry.ts';
import { isQuota } from '../history/permanent.ts';
import { retryCountOf } from '../history/retry-count-of.ts';
import type { RuleResult } from '../kit/finding.ts';
import { seconds } from '../kit/observation.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import type { RuleEvidence } from '../kit/rule-evidence.ts';
import { sources } from '../kit/sources.ts';
import { noRetryPermanent } from './no-retry-permanent.ts';

const WITHIN_MS = 10_000;
/** New calls that are forgiven each caller: some try again before they tell a human, and a breaker counts failures before it opens. */
const FORGIVEN_EACH = 5;
const TOO_MANY = 20;
/** Requests that the evidence names. */
const NAMED = 10;

/** Statuses that refuse the account. Of a 403 the code tells whether it was the model that was refused. */
const REFUSING: ReadonlySet<number | null> = new Set([401, 402, 403]);
const MODEL_REFUSED = 'model_not_found';

export const stopsAtAWall = defineRule({
  id: 'stops_at_a_wall',
  summary: 'stops asking when the account is refused for good: 401, 402, 403, no credit',
  source: `${sources.errorCodes}; MemOS #1897, https://github.com/MemTensor/MemOS/issues/1897`,
  severity: 'high',
  confidence: 'deterministic',
  measures: `new calls of a key within ${WITHIN_MS / 1_000} s after its account was refused, those under way left out; warns from ${TOO_MANY} beyond ${FORGIVEN_EACH} for each caller seen at once, and fails from \`wall\` where it is declared instead`,
  falseAlarmBound: 0,
  advice:
    'after a 401, 402, 403 or a billing 429, stop all work with this key, tell a human, and ask again seldom: a circuit breaker does it',
  probe: noRetryPermanent.probe,
  check: (subject) => {
    const { entries, policy } = subject;
    const read = entries.filter(({ t_bodyEnd }) => t_bodyEnd !== null);
    if (!read.some((entry) => refusesAccount(entry, policy))) return notApplicable('no account was refused for good');
    const keys = [...groupBy(read, ({ authorizationHash }) => authorizationHash).values()];
    const pushes = keys.flatMap((ofKey) => wallsOf(ofKey, policy).map((wall) => hardestPush(wall, ofKey, policy)));
    if (pushes.length === 0) return notApplicable('no account was refused for good');
    const worst = pushes.reduce((a, b) => (b.calls.length - b.threshold > a.calls.length - a.threshold ? b : a));
    const over = pushes.filter(({ calls, threshold }) => calls.length >= threshold);
    const ruling = {
      n: worst.calls.length,
      statistic: { name: 'new calls after a refusal', value: worst.calls.length, unit: 'calls' } as const,
      threshold: worst.threshold,
      correlation: 'exact' as const,
    };
    if (over.length === 0) return within(worst, ruling, subject);
    return {
      ...ruling,
      verdict: policy.wall === undefined ? 'warn' : 'fail',
      explain: `${pushText(worst)}; ${limitText(worst, policy)}`,
      evidence: over.map((push) => ({
        call: push.refusal.logicalId,
        entries: [push.refusal, ...push.calls].slice(0, NAMED).map(({ seq }) => seq),
        line: evidenceOf(push),
      })),
    };
  },
});

/** The refusals of an account, in the order of their arrival, with no success between them. */
type Wall = readonly JournalEntry[];

/** What went on into a wall in the span after one of its refusals. */
interface Push {
  readonly refusal: JournalEntry;
  readonly calls: readonly JournalEntry[];
  /** From so many calls on it speaks against the client. */
  readonly threshold: number;
  /** Callers of the key that were seen at once. */
  readonly callers: number;
}

/** A success that was asked for after a refusal shows that the account works again. */
function wallsOf(ofKey: readonly JournalEntry[], policy: Policy): Wall[] {
  const walls: JournalEntry[][] = [];
  let current: JournalEntry[] | undefined;
  for (const entry of ofKey.toSorted((a, b) => a.t_headers - b.t_headers)) {
    if (refusesAccount(entry, policy)) {
      if (current === undefined) walls.push((current = []));
      current.push(entry);
    } else if (current !== undefined && failureOf(entry) === undefined && entry.t_headers > knownAt(current[0]))
      current = undefined;
  }
  return walls;
}

function refusesAccount(entry: JournalEntry, policy: Policy): boolean {
  const isOfAccount = isQuota(entry) || (REFUSING.has(entry.status) && entry.errorCode !== MODEL_REFUSED);
  return isOfAccount && failureOf(entry) === 'status' && !invitesRetry(entry, policy);
}

/** The most new calls within the span after any refusal of the wall. */
function hardestPush(wall: Wall, ofKey: readonly JournalEntry[], { wall: declared }: Policy): Push {
  const callers = callersAtOnce(ofKey);
  const threshold = declared?.calls ?? FORGIVEN_EACH * callers + TOO_MANY;
  const withinMs = declared?.withinMs ?? WITHIN_MS;
  const calls = wall.filter((entry) => !isSurelyRetry(entry));
  const refusals = wall.toSorted((a, b) => knownAt(a) - knownAt(b));
  let from = 0;
  let to = 0;
  let most = { refusal: refusals[0] as JournalEntry, from: 0, to: 0 };
  for (const refusal of refusals) {
    const known = knownAt(refusal);
    while (from < calls.length && arrivedAt(calls[from]) <= known) from++;
    while (to < calls.length && arrivedAt(calls[to]) <= known + withinMs) to++;
    if (to - from > most.to - most.from) most = { refusal, from, to };
  }
  return { refusal: most.refusal, calls: calls.slice(most.from, most.to), threshold, callers };
}

/** By its own count, or by the name that its call has. */
function isSurelyRetry(entry: JournalEntry): boolean {
  return (retryCountOf(entry) ?? 0) > 0 || (entry.certainty === 'exact' && entry.attemptSeq > 1);
}

/** When the client could know of the refusal. */
function knownAt(refusal: JournalEntry | undefined): number {
  return refusal?.t_firstByteBefore ?? refusal?.t_end ?? 0;
}

function arrivedAt(entry: JournalEntry | undefined): number {
  return entry?.t_headers ?? 0;
}

/** Few new calls show a client that stops only where it is known that there was more to ask. */
function within(worst: Push, ruling: Omit<RuleResult, 'verdict' | 'explain'>, subject: RuleEvidence): RuleResult {
  const { policy, outcomes = [], watchedUntil, clientEndedAt } = subject;
  const known = knownAt(worst.refusal);
  const until = known + (policy.wall?.withinMs ?? WITHIN_MS);
  if (clientEndedAt === undefined && watchedUntil < until) {
    return {
      ...ruling,
      verdict: 'inconclusive',
      explain: `watched for ${seconds(watchedUntil - known)} after the account was refused`,
    };
  }
  const explain = pushText(worst);
  if (policy.wall !== undefined) return { ...ruling, verdict: 'pass', explain };
  const asked = outcomes.filter(({ startedAt = 0 }) => startedAt > known && startedAt <= until).length;
  if (asked >= worst.threshold) return { ...ruling, verdict: 'pass', explain: `${explain}, of ${asked} that were asked for` };
  return notApplicable(`${explain}: fewer than ${worst.threshold}, and nobody knows whether there was more to ask`);
}

/** `299 new calls within 3.200 s after the account was refused (401 invalid_api_key)`. */
function pushText({ refusal, calls }: Push): string {
  const why = `the account was refused (${failureText(refusal)})`;
  const last = calls.at(-1);
  if (last === undefined) return `no new call came after ${why}`;
  return `${plural(calls.length, 'new call')} within ${seconds(last.t_headers - knownAt(refusal))} after ${why}`;
}

/** `401 invalid_api_key → 299 new calls, the last after 3.200 s: 93 a second`. */
function evidenceOf({ refusal, calls }: Push): string {
  const lastMs = (calls.at(-1)?.t_headers ?? 0) - knownAt(refusal);
  const rate = (calls.length * 1_000) / Math.max(1, lastMs);
  const perSecond = rate < 10 ? rate.toFixed(1) : rate.toFixed(0);
  return `${failureText(refusal)} → ${plural(calls.length, 'new call')}, the last after ${seconds(lastMs)}: ${perSecond} a second`;
}

function limitText({ threshold, callers }: Push, { wall }: Policy): string {
  if (wall !== undefined) return `the policy allows fewer than ${wall.calls} within ${seconds(wall.withinMs)}`;
  return `up to ${threshold - 1} are forgiven where ${plural(callers, 'caller was', 'callers were')} seen at once`;
}
