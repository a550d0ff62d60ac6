import { atOnce, type Steps } from '../../at-once.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import type { Policy } from '../../policy/policy.ts';
import { askedTargets } from '../history/asked-targets.ts';
import { callsByTarget } from '../history/by-target.ts';
import type { CallHistory } from '../history/call-history.ts';
import { costOver } from '../history/cost.ts';
import { withoutDoubtfulLinks } from '../history/doubtful-links.ts';
import { equalFollowers } from '../history/equal-followers.ts';
import { eventfulCalls } from '../history/eventful-calls.ts';
import { failoversToKeys, failoversToModels } from '../history/failovers.ts';
import { inFlightOf } from '../history/in-flight.ts';
import { isTakenInSilence } from '../history/is-taken-in-silence.ts';
import { type Finding, type RuleVerdict, ruleVerdicts, WORST_FIRST } from '../kit/finding.ts';
import type { RuleEvidence, RunContext } from '../kit/rule-evidence.ts';
import { testsClient } from '../kit/tests-client.ts';
import { backoffRules } from '../registry.ts';
import { downtimeUseOf } from './downtime-use.ts';
import { type EvidenceSet, evidenceOf } from './evidence-set.ts';
import { askRule } from './judge-rule.ts';
import { explainJudgement, judgementOf } from './judgement.ts';
import type { RuleUse, Verdict } from './verdict.ts';
import { whatIsMissing } from './what-is-missing.ts';

/** The scenario that a run was under. */
export interface ScenarioUse {
  readonly name: string;
  readonly seed: number;
  readonly rules: readonly RuleUse[];
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
  for (const find of SHARED) yield* find(heard.certain);
  for (const rule of backoffRules) {
    if (levels[rule.id] === 'off') continue;
    findings.push(yield* askRule(rule, heard));
    yield;
  }
  return findings;
}

/** What several rules, or the verdict, look at: it is found in steps of its own, and remembered. */
const SHARED: readonly ((certain: RuleEvidence) => Steps<unknown>)[] = [
  ({ calls }) => equalFollowers.inSteps(calls),
  ({ calls }) => failoversToKeys.inSteps(calls),
  ({ calls }) => failoversToModels.inSteps(calls),
  ({ calls }) => oneStep(() => callsByTarget(eventfulCalls(calls))),
  ({ calls }) => oneStep(() => withoutDoubtfulLinks(eventfulCalls(calls))),
  ({ entries }) => oneStep(() => askedTargets(entries)),
  ({ entries }) => inFlightOf.inSteps(entries),
];

function* oneStep(find: () => unknown): Steps<void> {
  find();
  yield;
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
            takenInSilence: certain.calls.filter((call) => isTakenInSilence(call, certain)).length,
          })
        : explainJudgement(verdict, findings),
    scenario: scenario.name,
    seed: scenario.seed,
    exercised: entries.some(testsClient),
    notReached: rules.filter(({ harmful, served }) => harmful && served === 0).map(({ id }) => id),
    unserved,
    counts,
    findings: [...findings].sort((a, b) => WORST_FIRST.indexOf(a.verdict) - WORST_FIRST.indexOf(b.verdict)),
  };
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
