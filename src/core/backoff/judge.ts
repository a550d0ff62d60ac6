import type { JournalEntry } from '../journal/entry.ts';
import { plural } from '../plural.ts';
import type { CallHistory } from './call-history.ts';
import { weakestOf } from './certainty.ts';
import { withoutDoubtfulLinks } from './doubtful-links.ts';
import { type Finding, type RuleVerdict, type Ruling, ruleVerdicts } from './finding.ts';
import { historiesOf, suspectedHistories } from './history.ts';
import type { Policy, RuleLevel } from './policy.ts';
import { backoffRules } from './registry.ts';
import type { BackoffRule } from './rule.ts';
import type { Circumstances, ClientOutcome, Subject } from './subject.ts';
import { tellingCallsApart } from './telling-calls-apart.ts';
import { testsClient } from './tests-client.ts';
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
export interface Case {
  readonly certain: Subject;
  readonly ambiguous: Subject;
  readonly calls: readonly CallHistory[];
  /** Requests that the mock does not serve. */
  readonly unserved: readonly UnservedRequests[];
}

/** Journal → verdict. Says only what the journal, and what the drivers told, can show. */
export function judge(
  entries: readonly JournalEntry[],
  circumstances: Circumstances,
  policy: Policy,
  scenario: ScenarioUse,
): Verdict {
  const heard = caseOf(entries, circumstances, policy);
  return verdictOf(findingsOf(heard), heard, scenario);
}

/** What all rules find that the policy asks. */
export function findingsOf(heard: Case): Finding[] {
  const { levels } = heard.certain.policy;
  return backoffRules.filter(({ id }) => levels[id] !== 'off').map((rule) => judgeRule(rule, heard));
}

/** The journal as rules look at it. */
export function caseOf(entries: readonly JournalEntry[], circumstances: Circumstances, policy: Policy): Case {
  const served = entries.filter(({ unserved }) => !unserved);
  const calls = historiesOf(entries);
  const suspected = suspectedHistories(entries);
  const suspects = new Set(suspected.flatMap(({ tries }) => tries.map(({ entry }) => entry)));
  const outcomes = new Map((circumstances.outcomes ?? []).map((outcome) => [outcome.call, outcome]));
  const subject = (meant: readonly CallHistory[]): Subject => ({
    ...circumstances,
    entries: served,
    calls: meant,
    policy,
    outcomeOf: (call): ClientOutcome | undefined => outcomeOf(call, outcomes.get(call.id)),
  });
  return {
    certain: subject(calls.filter(({ certainty }) => certainty !== 'ambiguous')),
    ambiguous: subject([
      ...calls.filter(({ certainty, tries }) => certainty === 'ambiguous' && !tries.some(({ entry }) => suspects.has(entry))),
      ...suspected,
    ]),
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
export function judgeRule(rule: BackoffRule, { certain, ambiguous }: Case): Finding {
  return findingOf(rule, rulingOf(rule, certain, ambiguous), certain);
}

/** Findings → verdict. */
export function verdictOf(findings: readonly Finding[], heard: Case, scenario: ScenarioUse): Verdict {
  const { certain, calls } = heard;
  return {
    ...sumUp(findings, heard, scenario),
    ...volumeOf(calls),
    policy: certain.policy,
    watchedMs: watchedMs(certain),
  };
}

/** Whether the rule is kept by the calls alone to which something was done. */
function passesOnFault(rule: BackoffRule, subject: Subject): boolean {
  const calls = subject.calls.filter(({ tries, replays }) => [...tries.map(({ entry }) => entry), ...replays].some(testsClient));
  if (calls.length === 0 || calls.length === subject.calls.length) return calls.length > 0;
  const struck = new Set(calls.flatMap(({ tries }) => tries.map(({ entry }) => entry)));
  const entries = subject.entries.filter((entry) => struck.has(entry));
  return rule.check({ ...subject, calls, entries }).verdict === 'pass';
}

/** Calls that cannot be told apart accuse nobody; what they would show makes the rule inconclusive. */
function rulingOf(rule: BackoffRule, certain: Subject, ambiguous: Subject): Ruling {
  const ruling = unlessDoubtful(rule, rule.check(certain), certain);
  if (ruling.verdict === 'fail' || ruling.verdict === 'warn') return unlessLate(rule, ruling, certain);
  if (ambiguous.calls.length > 0) {
    const { verdict } = rule.check(ambiguous);
    const accuses = verdict === 'fail' || verdict === 'warn';
    if (accuses || (ruling.verdict === 'not_applicable' && verdict === 'pass')) {
      const explain = `requests that say the same cannot be told apart as retries or calls of their own; ${adviceFor(certain)}`;
      return { verdict: 'inconclusive', explain, n: ruling.n ?? 0, correlation: 'ambiguous' };
    }
  }
  return unlessLate(rule, ruling, certain);
}

/** In the session that is judged: requests of another would be missed. */
function adviceFor({ entries: [first] }: Subject): string {
  return tellingCallsApart(first?.session ?? 'default');
}

/** What stands only as long as doubtful links do is no failure. */
function unlessDoubtful(rule: BackoffRule, ruling: Ruling, subject: Subject): Ruling {
  const isRaised = subject.policy.levels[rule.id] === 'fail';
  const fails = ({ verdict }: Ruling): boolean => verdict === 'fail' || (isRaised && verdict === 'warn');
  if (!fails(ruling)) return ruling;
  const calls = withoutDoubtfulLinks(subject.calls);
  if (calls.length === subject.calls.length || fails(rule.check({ ...subject, calls }))) return ruling;
  const explain = `${ruling.explain}; or calls of their own say the same one after another: ${adviceFor(subject)}`;
  return { ...ruling, verdict: isRaised ? 'inconclusive' : 'warn', explain };
}

/** A machine that is late itself cannot measure milliseconds; and what its noise can imitate is no merit of a client. */
function unlessLate(rule: BackoffRule, ruling: Ruling, subject: Subject): Ruling {
  const { verdict } = ruling;
  if (rule.confidence !== 'statistical' || !(verdict === 'pass' || verdict === 'warn' || verdict === 'fail')) return ruling;
  const late = subject.untimely ?? lateness(subject, verdict === 'pass' ? NOISY_MS : LATE_MS);
  return late === undefined ? ruling : { ...ruling, verdict: 'inconclusive', explain: `${late}: ${ruling.explain}` };
}

/** What is to be said of event loops that were disturbed; undefined when they were quiet enough. */
function lateness({ stalls = [] }: Subject, disturbing: number): string | undefined {
  const late = stalls.filter(({ ms }) => ms > disturbing).length;
  if (late === 0 || late / stalls.length <= LATE_SHARE) return undefined;
  return `this machine was late itself (event loops delayed by more than ${disturbing} ms in ${late} of ${stalls.length} seconds)`;
}

function findingOf(rule: BackoffRule, ruling: Ruling, subject: Subject): Finding {
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
    correlation: judged ? (ruling.correlation ?? weakestOf(calls.filter(({ gaps }) => gaps.length > 0))) : null,
    clock: ruling.clock ?? 'real',
    evidence: evidence.slice(0, SHOWN),
    evidenceLeftOut: Math.max(0, evidence.length - SHOWN),
    reference: rule.source,
  };
}

function atLevel(verdict: RuleVerdict, level: RuleLevel | undefined): RuleVerdict {
  if (verdict === 'fail' && (level === 'warn' || level === 'info')) return level;
  if (verdict === 'warn' && (level === 'fail' || level === 'info')) return level;
  return verdict;
}

const ORDER: readonly RuleVerdict[] = ['fail', 'warn', 'inconclusive', 'info', 'pass', 'not_applicable'];

function sumUp(findings: readonly Finding[], { certain, unserved }: Case, scenario: ScenarioUse) {
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
        ? whatIsMissing({ entries, unserved, findings, rules, watchedMs: watchedMs(certain), silence })
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
  return unserved.length === 0 && passedOnFault(findings) ? 'pass' : 'inconclusive';
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
    correlation,
  };
}

function watchedMs({ entries, watchedUntil, clientEndedAt }: Subject): number {
  const [first] = entries;
  return first === undefined ? 0 : Math.max(0, (clientEndedAt ?? watchedUntil) - first.t_headers);
}
