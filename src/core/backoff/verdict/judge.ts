import { atOnce, type Steps } from '../../at-once.ts';
import { weakestOf } from '../../correlation/certainty.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import { perObject } from '../../memo/per-object.ts';
import type { Policy, RuleLevel } from '../../policy/policy.ts';
import { plural } from '../../text/plural.ts';
import { askedTargets } from '../history/asked-targets.ts';
import { callsByTarget } from '../history/by-target.ts';
import type { CallHistory } from '../history/call-history.ts';
import { costOver } from '../history/cost.ts';
import { withoutDoubtfulLinks } from '../history/doubtful-links.ts';
import { equalFollowers } from '../history/equal-followers.ts';
import { eventfulCalls } from '../history/eventful-calls.ts';
import { failoversToKeys, failoversToModels } from '../history/failovers.ts';
import { withHiddenAttempts } from '../history/hidden-attempts.ts';
import { recogniseCalls, suspectedHistories } from '../history/history.ts';
import { inFlightOf } from '../history/in-flight.ts';
import { type Finding, type RuleResult, type RuleVerdict, ruleVerdicts } from '../kit/finding.ts';
import { type BackoffRule, notApplicable } from '../kit/rule.ts';
import type { ClientOutcome, RuleEvidence, RunContext } from '../kit/rule-evidence.ts';
import { tellingCallsApart } from '../kit/telling-calls-apart.ts';
import { testsClient } from '../kit/tests-client.ts';
import { backoffRules } from '../registry.ts';
import { downtimeUseOf } from './downtime-use.ts';
import { type UnservedRequests, unservedRequests } from './unserved-requests.ts';
import type { Judgement, RuleUse, Verdict } from './verdict.ts';
import { keptText, namesText, passedOnFault, whatIsMissing } from './what-is-missing.ts';

/** The scenario that a run was under. */
export interface ScenarioUse {
  readonly name: string;
  readonly seed: number;
  readonly rules: readonly RuleUse[];
}

/** Pieces of evidence that a finding shows. */
const SHOWN = 10;
/** A second in which the mock or a client was later than this is worse than the noise that the thresholds are made for. */
const LATE_MS = 200;
/** Above this, noise may look like jitter or growth. */
const NOISY_MS = 50;
const LATE_SHARE = 0.1;

/** What rules look at: the calls that are recognised, and beside them those that are not. */
interface Worlds {
  readonly certain: RuleEvidence;
  readonly ambiguous: RuleEvidence;
  /** Where a declaration leaves several ways to deal requests out to calls: what is certain, with one of them each. */
  readonly dealings: readonly RuleEvidence[];
}

/** What is known of a run. */
export interface EvidenceSet extends Worlds {
  /** How the requests contradict what the program declares of its calls. */
  readonly contradiction: string | undefined;
  readonly calls: readonly CallHistory[];
  /** Requests that the mock does not serve. */
  readonly unserved: readonly UnservedRequests[];
}

/** Journal → verdict. Says only what the journal, and what the drivers told, can show. */
export function judge(
  entries: readonly JournalEntry[],
  circumstances: RunContext,
  policy: Policy,
  scenario: ScenarioUse,
): Verdict {
  const heard = evidenceOf(entries, circumstances, policy);
  return verdictOf(findingsOf(heard), heard, scenario);
}

/** What all rules find that the policy asks. */
export function findingsOf(heard: EvidenceSet): Finding[] {
  return atOnce(askRules(heard));
}

/** See `findingsOf`. */
export function* askRules(heard: EvidenceSet): Steps<Finding[]> {
  const { levels } = heard.certain.policy;
  const findings: Finding[] = [];
  for (const find of SHARED) {
    find(heard.certain);
    yield;
  }
  for (const rule of backoffRules) {
    if (levels[rule.id] === 'off') continue;
    findings.push(yield* askRule(rule, heard));
    yield;
  }
  return findings;
}

/** What several rules, or the verdict, look at: it is found in steps of its own, and remembered. */
const SHARED: readonly ((certain: RuleEvidence) => unknown)[] = [
  ({ calls }) => equalFollowers(calls),
  ({ calls }) => failoversToKeys(calls),
  ({ calls }) => failoversToModels(calls),
  ({ calls }) => callsByTarget(eventfulCalls(calls)),
  ({ calls }) => withoutDoubtfulLinks(eventfulCalls(calls)),
  ({ entries }) => askedTargets(entries),
  ({ entries }) => inFlightOf(entries),
];

/** The journal as rules look at it. */
export function evidenceOf(entries: readonly JournalEntry[], circumstances: RunContext, policy: Policy): EvidenceSet {
  return atOnce(gatherEvidence(entries, circumstances, policy));
}

/** See `evidenceOf`. */
export function* gatherEvidence(entries: readonly JournalEntry[], circumstances: RunContext, policy: Policy): Steps<EvidenceSet> {
  const served = entries.filter(({ unserved }) => !unserved);
  const { downtimes = [] } = circumstances;
  const { histories, dealings, contradiction } = yield* recogniseCalls(entries, policy.calls);
  const calls = withHiddenAttempts(histories, downtimes);
  yield;
  const suspected = policy.calls === undefined ? withHiddenAttempts(suspectedHistories(entries), downtimes) : [];
  const dealt = new Set((dealings[0] ?? []).flatMap(({ tries }) => tries.map(({ entry }) => entry)));
  const suspects = new Set(suspected.flatMap(({ tries }) => tries.map(({ entry }) => entry)));
  const outcomes = new Map((circumstances.outcomes ?? []).map((outcome) => [outcome.call, outcome]));
  const subject = (meant: readonly CallHistory[]): RuleEvidence => ({
    ...circumstances,
    entries: served,
    calls: meant,
    policy,
    outcomeOf: (call): ClientOutcome | undefined => outcomeOf(call, outcomes.get(call.id)),
  });
  const certain = calls.filter(({ certainty }) => certainty !== 'ambiguous');
  const isLeftOut = ({ tries }: CallHistory) => tries.some(({ entry }) => suspects.has(entry) || dealt.has(entry));
  return {
    certain: subject(certain),
    ambiguous: subject([...calls.filter((call) => call.certainty === 'ambiguous' && !isLeftOut(call)), ...suspected]),
    dealings: dealings.map((dealing) => subject([...certain, ...withHiddenAttempts(dealing, downtimes)])),
    contradiction,
    calls,
    unserved: unservedRequests(entries),
  };
}

/** What came of a call that the client gave up for another model is that it failed. */
function outcomeOf({ replaced }: CallHistory, told: ClientOutcome | undefined): ClientOutcome | undefined {
  if (!replaced || told === undefined) return told;
  const { text, ...rest } = told;
  return { ...rest, ok: false };
}

/** What one rule finds. */
export function judgeRule(rule: BackoffRule, heard: EvidenceSet): Finding {
  return atOnce(askRule(rule, heard));
}

/** See `judgeRule`. */
function* askRule(rule: BackoffRule, heard: EvidenceSet): Steps<Finding> {
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
  const [kindest] = rulings.toSorted((a, b) => ORDER.indexOf(b.verdict) - ORDER.indexOf(a.verdict));
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

/** Findings → verdict. */
export function verdictOf(findings: readonly Finding[], heard: EvidenceSet, scenario: ScenarioUse): Verdict {
  const { certain, calls, contradiction } = heard;
  const { downtimes = [] } = certain;
  return {
    ...unlessContradicted(sumUp(findings, heard, scenario), contradiction),
    ...volumeOf(calls),
    inFlight: inFlightOf(certain.entries),
    policy: certain.policy,
    watchedMs: watchedMs(certain),
    ...(downtimes.length === 0 ? {} : { downtimes: downtimeUseOf(downtimes, certain.entries) }),
  };
}

/** Whether the rule is kept by the calls alone to which something was done. */
function passesOnFault(rule: BackoffRule, subject: RuleEvidence): boolean {
  const calls = struckAmong(subject.calls);
  if (calls.length === 0 || calls.length === subject.calls.length) return calls.length > 0;
  return rule.check(struckIn(subject)).verdict === 'pass';
}

/** The calls to which something was done. */
const struckAmong = perObject((calls: readonly CallHistory[]) =>
  calls.filter(({ tries, replays }) => tries.some(({ entry }) => testsClient(entry)) || replays.some(testsClient)),
);

/** Those calls, and their entries. */
const struckIn = perObject((subject: RuleEvidence): RuleEvidence => {
  const calls = struckAmong(subject.calls);
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
  const ruling = unlessHidden(rule, unlessDoubtful(rule, shown, certain), certain);
  if (accuses(ruling)) return unlessLate(rule, ruling, certain);
  yield;
  if (ambiguous.calls.length > 0) {
    const suspected = rule.check(ambiguous);
    if (accuses(suspected)) return { ...undecided(ruling, certain), suspected: true };
    if (ruling.verdict === 'not_applicable' && suspected.verdict === 'pass') return undecided(ruling, certain);
  }
  return unlessLate(rule, ruling, certain);
}

/**
 * What the calls show of which every attempt was seen. What the others alone show is undecided, where attempts that a server refused
 * that was down could make it another thing.
 */
function unlessHidden(rule: BackoffRule, ruling: RuleResult, subject: RuleEvidence): RuleResult {
  const seen = rule.bearsHidden === true ? subject.calls : seenOf(subject.calls);
  if (seen.length === subject.calls.length) return ruling;
  const asked = { ...subject, calls: seen };
  const without = unlessDoubtful(rule, unlessInDoubt(rule, asked), asked);
  if (without.verdict === ruling.verdict || !(accuses(ruling) || ruling.verdict === 'pass')) return without;
  const explain = `${ruling.explain}; but attempts of these calls may be missing, which the system refused while the server was down`;
  return { verdict: 'inconclusive', explain, n: ruling.n ?? 0 };
}

/** Those of which every attempt was seen. */
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

const ORDER: readonly RuleVerdict[] = ['fail', 'warn', 'inconclusive', 'info', 'pass', 'not_applicable'];

function sumUp(findings: readonly Finding[], { certain, unserved }: EvidenceSet, scenario: ScenarioUse) {
  const { entries, silence } = certain;
  const counts = Object.fromEntries(
    ruleVerdicts.map((verdict) => [verdict, findings.filter((finding) => finding.verdict === verdict).length]),
  ) as Record<RuleVerdict, number>;
  const { rules } = scenario;
  const verdict = judgementOf(findings, unserved);
  return {
    verdict,
    explain:
      verdict === 'inconclusive'
        ? whatIsMissing({
            entries,
            unserved,
            findings,
            rules,
            watchedMs: watchedMs(certain),
            silence,
            downtimes: downtimeUseOf(certain.downtimes ?? [], entries),
            declared: certain.policy.calls,
          })
        : explainVerdict(verdict, findings),
    scenario: scenario.name,
    seed: scenario.seed,
    exercised: entries.some(testsClient),
    notReached: rules.filter(({ harmful, served }) => harmful && served === 0).map(({ id }) => id),
    unserved,
    counts,
    findings: [...findings].sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict)),
  };
}

/** What is not served may be all that the client lives by: beside it nothing passes. */
function judgementOf(findings: readonly Finding[], unserved: readonly UnservedRequests[]): Judgement {
  if (findings.some(({ verdict }) => verdict === 'fail')) return 'fail';
  if (findings.some(({ verdict }) => verdict === 'warn')) return 'warn';
  const isClear = unserved.length === 0 && !findings.some(({ suspected }) => suspected === true);
  return isClear && passedOnFault(findings) ? 'pass' : 'inconclusive';
}

/** A program that makes other calls than it declares has not shown that it is good. */
function unlessContradicted<Summary extends Pick<Verdict, 'verdict' | 'explain'>>(
  summary: Summary,
  contradiction: string | undefined,
) {
  if (contradiction === undefined) return summary;
  const { verdict, explain } = summary;
  if (verdict === 'fail') return { ...summary, contradiction, explain: `${explain}; ${contradiction}` };
  return { ...summary, contradiction, verdict: 'inconclusive' as const, explain: contradiction };
}

function explainVerdict(verdict: Exclude<Judgement, 'inconclusive'>, findings: readonly Finding[]): string {
  const named = (wanted: RuleVerdict) => findings.filter((finding) => finding.verdict === wanted).map(({ rule }) => rule);
  switch (verdict) {
    case 'fail':
      return `the client breaks ${plural(named('fail').length, 'rule')}: ${named('fail').join(', ')}`;
    case 'warn':
      return `the client passes with ${plural(named('warn').length, 'warning')}: ${named('warn').join(', ')}`;
    case 'pass': {
      const undecided = named('inconclusive');
      return undecided.length === 0 ? keptText(findings) : `${keptText(findings)}; undecided: ${namesText(undecided)}`;
    }
  }
}

function volumeOf(histories: readonly CallHistory[]) {
  const attempts = histories.reduce((sum, { tries }) => sum + tries.length, 0);
  const correlation = { exact: 0, likely: 0, ambiguous: 0 };
  for (const { certainty } of histories) correlation[certainty] += 1;
  return {
    calls: histories.length,
    attempts,
    amplification: histories.length === 0 ? 0 : attempts / histories.length,
    tokens: costOver(histories),
    correlation,
  };
}

function watchedMs({ entries, watchedUntil, clientEndedAt }: RuleEvidence): number {
  const [first] = entries;
  return first === undefined ? 0 : Math.max(0, (clientEndedAt ?? watchedUntil) - first.t_headers);
}
