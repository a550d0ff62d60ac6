import { atOnce, type Steps } from '../../at-once.ts';
import { weakestOf } from '../../correlation/certainty.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import { perObject } from '../../memo/per-object.ts';
import type { RuleLevel } from '../../policy/policy.ts';
import type { CallHistory } from '../history/call-history.ts';
import { withoutDoubtfulLinks } from '../history/doubtful-links.ts';
import { eventfulCalls } from '../history/eventful-calls.ts';
import { isTakenInSilence } from '../history/is-taken-in-silence.ts';
import { type Finding, type RuleResult, type RuleVerdict, WORST_FIRST } from '../kit/finding.ts';
import { type BackoffRule, notApplicable } from '../kit/rule.ts';
import type { RuleEvidence } from '../kit/rule-evidence.ts';
import { tellingCallsApart } from '../kit/telling-calls-apart.ts';
import { testsClient } from '../kit/tests-client.ts';
import type { EvidenceSet, Worlds } from './evidence-set.ts';

/** Pieces of evidence that a finding shows. */
const SHOWN = 10;
/** A second in which the mock or a client was later than this is worse than the noise that the thresholds are made for. */
const LATE_MS = 200;
/** Above this, noise may look like jitter or growth. */
const NOISY_MS = 50;
const LATE_SHARE = 0.1;

/** What one rule finds. */
export function judgeRule(rule: BackoffRule, heard: EvidenceSet): Finding {
  return atOnce(askRule(rule, heard));
}

/** See `judgeRule`. */
export function* askRule(rule: BackoffRule, heard: EvidenceSet): Steps<Finding> {
  const { certain, ambiguous, dealings } = rule.looksAt === 'eventful calls' ? eventfulOf(heard) : heard;
  const ruling =
    dealings.length === 0
      ? yield* rulingOf(rule, certain, ambiguous)
      : yield* rulingOverDealings(rule, { certain, ambiguous, dealings });
  yield;
  return findingOf(rule, ruling, certain);
}

/** The same without the calls that succeeded at once. */
const eventfulOf = perObject(({ certain, ambiguous, dealings }: EvidenceSet): Worlds => {
  const eventful = (subject: RuleEvidence): RuleEvidence => ({ ...subject, calls: eventfulCalls(subject.calls) });
  return { certain: eventful(certain), ambiguous: eventful(ambiguous), dealings: dealings.map(eventful) };
});

/** What every way of dealing requests out to calls shows; it speaks for the way that is the kindest. */
function* rulingOverDealings(rule: BackoffRule, { certain, ambiguous, dealings }: Worlds): Steps<RuleResult> {
  const ruling = yield* rulingOf(rule, certain, ambiguous);
  const rulings: RuleResult[] = [];
  for (const dealt of dealings) rulings.push(yield* rulingOf(rule, dealt, ambiguous));
  const [kindest] = rulings.toSorted((a, b) => WORST_FIRST.indexOf(b.verdict) - WORST_FIRST.indexOf(a.verdict));
  if (accuses(ruling) || kindest === undefined || rulings.every(({ verdict }) => verdict === 'not_applicable')) return ruling;
  if (accuses(kindest)) {
    const calls = certain.policy.calls === undefined ? '' : ` to ${certain.policy.calls} calls`;
    return { ...kindest, explain: `${kindest.explain}, however the requests are dealt out${calls}`, correlation: 'likely' };
  }
  if (rulings.every(({ verdict }) => verdict === kindest.verdict)) return kindest;
  return { ...undecided(ruling, certain), ...(rulings.some(accuses) ? { suspected: true } : {}) };
}

function accuses({ verdict }: RuleResult): boolean {
  return verdict === 'fail' || verdict === 'warn';
}

/** What is to be said where the same requests may be retries or calls of their own. */
function undecided({ n = 0 }: RuleResult, subject: RuleEvidence): RuleResult {
  const explain = `requests that say the same cannot be told apart as retries or calls of their own; ${adviceFor(subject)}`;
  return { verdict: 'inconclusive', explain, n, correlation: 'ambiguous' };
}

/** Whether the rule is kept by the calls alone to which something was done. A pass speaks of those that were seen (`unlessHidden`). */
function passesOnFault(rule: BackoffRule, heard: RuleEvidence): boolean {
  const subject = rule.bearsHidden === true ? heard : seenIn(heard);
  const calls = struckAmong(subject);
  if (calls.length === 0 || calls.length === subject.calls.length) return calls.length > 0;
  return rule.check(struckIn(subject)).verdict === 'pass';
}

/** The same without the calls of which attempts may be missing. */
const seenIn = perObject((subject: RuleEvidence): RuleEvidence => {
  const calls = seenOf(subject.calls);
  return calls.length === subject.calls.length ? subject : { ...subject, calls };
});

/** The calls to which something was done, and of which something is known that the client did about it. */
const struckAmong = perObject((subject: RuleEvidence) =>
  subject.calls.filter(
    (call) =>
      (call.tries.some(({ entry }) => testsClient(entry)) || call.replays.some(testsClient)) && !isTakenInSilence(call, subject),
  ),
);

/** Those calls, and their entries. */
const struckIn = perObject((subject: RuleEvidence): RuleEvidence => {
  const calls = struckAmong(subject);
  const struck = new Set(calls.flatMap(({ tries }) => tries.map(({ entry }) => entry)));
  return { ...subject, calls, entries: subject.entries.filter((entry) => struck.has(entry)) };
});

/** Those that are not in doubt. */
const sureOf = perObject((calls: readonly CallHistory[]) => calls.filter(({ inDoubt }) => inDoubt === undefined));

/** Calls that cannot be told apart accuse nobody; what they would show makes the rule inconclusive. */
function* rulingOf(rule: BackoffRule, certain: RuleEvidence, ambiguous: RuleEvidence): Steps<RuleResult> {
  if (rule.comparesTargets === true && !isOneWorld(certain))
    return notApplicable('the sessions are not services of one scenario');
  const shown = unlessInDoubt(rule, certain);
  yield;
  const undoubted = unlessDoubtful(rule, shown, certain);
  yield;
  const ruling = unlessHidden(rule, undoubted, certain);
  yield;
  if (accuses(ruling)) return unlessLate(rule, ruling, certain);
  if (ambiguous.calls.length > 0) {
    const suspected = rule.check(ambiguous);
    yield;
    if (accuses(suspected)) return { ...undecided(ruling, certain), suspected: true };
    if (ruling.verdict === 'not_applicable' && suspected.verdict === 'pass') return undecided(ruling, certain);
  }
  return unlessLate(rule, ruling, certain);
}

/**
 * What calls show whose attempts were all seen. Attempts of the others may have been refused while the server was down, or thrown away
 * behind a GOAWAY, and nobody saw them. Where only those calls decide the rule, it is inconclusive. An accusation that more attempts would only add to stands.
 */
function unlessHidden(rule: BackoffRule, ruling: RuleResult, subject: RuleEvidence): RuleResult {
  const seen = rule.bearsHidden === true ? subject.calls : seenOf(subject.calls);
  if (seen.length === subject.calls.length) return ruling;
  if (accuses(ruling) && rule.accusesHidden === true) return ruling;
  const asked = { ...subject, calls: seen };
  const without = unlessDoubtful(rule, unlessInDoubt(rule, asked), asked);
  if (without.verdict === ruling.verdict || !(accuses(ruling) || ruling.verdict === 'pass')) return without;
  const explain = `${ruling.explain}; but attempts of these calls may be missing, which were ${whatHides(subject)}`;
  return { verdict: 'inconclusive', explain, n: ruling.n ?? 0 };
}

/** Why attempts are in no journal. */
function whatHides({ downtimes = [], thrownAway = [] }: RuleEvidence): string {
  const refused = 'refused by the system while the server was down';
  const dropped = 'thrown away behind a GOAWAY';
  if (thrownAway.length === 0) return refused;
  return downtimes.length === 0 ? dropped : `${refused}, or ${dropped}`;
}

/** Calls whose attempts were all seen. */
const seenOf = perObject((calls: readonly CallHistory[]) => calls.filter(({ hidden }) => hidden === undefined));

function isOneWorld({ entries, together }: RuleEvidence): boolean {
  return together === true || isOfOneSession(entries);
}

const isOfOneSession = perObject((entries: readonly JournalEntry[]) =>
  entries.every(({ session }) => session === entries[0]?.session),
);

/** In the session that is judged: requests of another would be missed. */
function adviceFor({ entries: [first], policy }: RuleEvidence): string {
  return tellingCallsApart(first?.session ?? 'default', policy.calls);
}

/** What the calls show; calls that are in doubt accuse nobody. */
function unlessInDoubt(rule: BackoffRule, subject: RuleEvidence): RuleResult {
  const ruling = rule.check(subject);
  if (!accuses(ruling)) return ruling;
  const sure = sureOf(subject.calls);
  if (sure.length === subject.calls.length) return ruling;
  const without = rule.check({ ...subject, calls: sure });
  return accuses(without) ? without : { ...undecided(ruling, subject), suspected: true };
}

/** What stands only as long as doubtful links do accuses nobody. */
function unlessDoubtful(rule: BackoffRule, ruling: RuleResult, subject: RuleEvidence): RuleResult {
  if (!accuses(ruling)) return ruling;
  const calls = withoutDoubtfulLinks(subject.calls);
  if (calls.length === subject.calls.length) return ruling;
  const without = rule.check({ ...subject, calls });
  if (accuses(without)) return without.verdict === 'warn' ? without : ruling;
  const explain = `${ruling.explain}; or calls of their own say the same one after another: ${adviceFor(subject)}`;
  return { ...ruling, verdict: 'inconclusive', explain, correlation: 'ambiguous', suspected: true };
}

/** A machine that is late itself cannot measure milliseconds; and what its noise can imitate is no merit of a client. */
function unlessLate(rule: BackoffRule, ruling: RuleResult, subject: RuleEvidence): RuleResult {
  const { verdict } = ruling;
  if (rule.confidence !== 'statistical' || !(verdict === 'pass' || verdict === 'warn' || verdict === 'fail')) return ruling;
  const late = subject.untimely ?? lateness(subject, verdict === 'pass' ? NOISY_MS : LATE_MS);
  return late === undefined ? ruling : { ...ruling, verdict: 'inconclusive', explain: `${late}: ${ruling.explain}` };
}

/** What is to be said of event loops that were disturbed; undefined when they were quiet enough. */
function lateness({ stalls = [] }: RuleEvidence, disturbing: number): string | undefined {
  const late = stalls.filter(({ ms }) => ms > disturbing).length;
  if (late === 0 || late / stalls.length <= LATE_SHARE) return undefined;
  return `this machine was late itself (event loops delayed by more than ${disturbing} ms in ${late} of ${stalls.length} seconds)`;
}

function findingOf(rule: BackoffRule, ruling: RuleResult, subject: RuleEvidence): Finding {
  const { calls, policy } = subject;
  const verdict = atLevel(ruling.verdict, policy.levels[rule.id]);
  const evidence = ruling.evidence ?? [];
  const judged = verdict !== 'not_applicable';
  return {
    rule: rule.id,
    verdict,
    onFault: verdict === 'pass' && passesOnFault(rule, subject),
    severity: rule.severity,
    summary: rule.summary,
    explain: ruling.explain,
    advice: verdict === 'fail' || verdict === 'warn' ? rule.advice : '',
    n: ruling.n ?? 0,
    statistic: ruling.statistic ?? null,
    threshold: ruling.threshold ?? null,
    falseAlarmBound: ruling.falseAlarmBound ?? rule.falseAlarmBound,
    correlation: judged ? (ruling.correlation ?? weakestRetried(calls)) : null,
    clock: ruling.clock ?? 'real',
    ...(ruling.suspected === undefined ? {} : { suspected: ruling.suspected }),
    evidence: evidence.slice(0, SHOWN),
    evidenceLeftOut: Math.max(0, evidence.length - SHOWN),
    reference: rule.source,
  };
}

/** How sure it is whose retries they are. */
const weakestRetried = perObject((calls: readonly CallHistory[]) => weakestOf(calls.filter(({ gaps }) => gaps.length > 0)));

function atLevel(verdict: RuleVerdict, level: RuleLevel | undefined): RuleVerdict {
  if (verdict === 'fail' && (level === 'warn' || level === 'info')) return level;
  if (verdict === 'warn' && (level === 'fail' || level === 'info')) return level;
  return verdict;
}
