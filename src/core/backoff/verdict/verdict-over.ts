import { groupBy } from '../../collections/group-by.ts';
import { largest } from '../../collections/largest.ts';
import { smallest } from '../../collections/smallest.ts';
import { callLabel } from '../../correlation/call-name.ts';
import { plural } from '../../text/plural.ts';
import { inFlightOver } from '../history/in-flight.ts';
import { type Finding, type RuleVerdict, ruleVerdicts, WORST_FIRST } from '../kit/finding.ts';
import type { UnservedRequests } from './unserved-requests.ts';
import type { Judgement, SessionVerdict, Verdict } from './verdict.ts';
import { namesText } from './what-is-missing.ts';

/** The verdict on one session. */
export interface JudgedSession {
  readonly session: string;
  readonly verdict: Verdict;
}

/** The name of a call among those of several sessions. */
export function callIn(session: string, call: string): string {
  return session === 'default' ? call : `${session}/${callLabel(call)}`;
}

/** Pieces of evidence that a finding shows. */
const SHOWN = 10;

/**
 * One verdict over all sessions of a run. Each was judged by itself, for each has its own scenario, limits and calls; a rule counts
 * as what it says where it says worst. Sessions in which nothing was shown take nothing from those in which something was.
 */
export function verdictOver(judged: readonly [JudgedSession, ...JudgedSession[]]): Verdict {
  const [first] = judged;
  const sessions = judged.map(sessionVerdictOf);
  if (judged.length === 1) return first.session === 'default' ? first.verdict : { ...first.verdict, sessions };
  const verdicts = judged.map(({ verdict }) => verdict);
  const sum = (of: (verdict: Verdict) => number) => verdicts.reduce((all, verdict) => all + of(verdict), 0);
  const findings = findingsOver(judged);
  const calls = sum((verdict) => verdict.calls);
  const attempts = sum((verdict) => verdict.attempts);
  const unserved = unservedOver(verdicts);
  const verdict = judgementOver(verdicts, unserved);
  return {
    ...first.verdict,
    ...contradictionOver(judged),
    verdict,
    explain: explainOver(verdict, judged),
    scenario: [...new Set(verdicts.map(({ scenario }) => scenario))].join(', '),
    exercised: verdicts.some(({ exercised }) => exercised),
    notReached: notReachedBy(verdicts),
    unserved,
    sessions,
    calls,
    attempts,
    amplification: calls === 0 ? 0 : attempts / calls,
    inFlight: inFlightOver(verdicts.map(({ inFlight }) => inFlight)),
    tokens: {
      billed: sum(({ tokens }) => tokens.billed),
      used: sum(({ tokens }) => tokens.used),
      wasted: sum(({ tokens }) => tokens.wasted),
    },
    correlation: {
      exact: sum(({ correlation }) => correlation.exact),
      likely: sum(({ correlation }) => correlation.likely),
      ambiguous: sum(({ correlation }) => correlation.ambiguous),
    },
    counts: Object.fromEntries(
      ruleVerdicts.map((kind) => [kind, findings.filter((finding) => finding.verdict === kind).length]),
    ) as Record<RuleVerdict, number>,
    findings,
    watchedMs: largest(verdicts.map(({ watchedMs }) => watchedMs)),
  };
}

/** The first session that contradicts what the program declares of its calls, and how. */
function contradictionOver(judged: readonly JudgedSession[]): Pick<Verdict, 'contradiction'> {
  const found = judged.find(({ verdict }) => verdict.contradiction !== undefined);
  return found?.verdict.contradiction === undefined
    ? {}
    : { contradiction: `in ${found.session} ${found.verdict.contradiction}` };
}

function sessionVerdictOf({ session, verdict }: JudgedSession): SessionVerdict {
  const { explain, scenario, seed, exercised, calls, attempts } = verdict;
  return { session, verdict: verdict.verdict, explain, scenario, seed, exercised, calls, attempts };
}

function judgementOver(verdicts: readonly Verdict[], unserved: readonly UnservedRequests[]): Judgement {
  const some = (wanted: Judgement) => verdicts.some(({ verdict }) => verdict === wanted);
  if (some('fail')) return 'fail';
  if (verdicts.some(({ contradiction }) => contradiction !== undefined)) return 'inconclusive';
  if (some('warn')) return 'warn';
  const isSuspected = verdicts.some(({ findings }) => findings.some(({ suspected }) => suspected === true));
  return some('pass') && unserved.length === 0 && !isSuspected ? 'pass' : 'inconclusive';
}

function explainOver(verdict: Judgement, judged: readonly JudgedSession[]): string {
  const contradicted = judged.filter((one) => one.verdict.contradiction !== undefined);
  const isAbout = verdict === 'inconclusive' && contradicted.length > 0;
  const told = isAbout ? contradicted : judged.filter((one) => one.verdict.verdict === verdict);
  const [first] = told.length > 0 ? told : judged.filter(({ verdict: { unserved } }) => unserved.length > 0);
  const where = `${told.length} of ${plural(judged.length, 'session')} (${namesText(told.map(({ session }) => session))})`;
  const others = judged.filter((one) => one.verdict.verdict === 'inconclusive');
  const undecided = others.length === 0 ? '' : `; inconclusive: ${namesText(others.map(({ session }) => session))}`;
  const example = first === undefined ? '' : `: in ${first.session} ${first.verdict.explain}`;
  switch (verdict) {
    case 'fail':
      return `the client fails in ${where}${example}`;
    case 'warn':
      return `the client passes with warnings in ${where}${example}`;
    case 'pass':
      return `the client passes in ${where}${example}${undecided}`;
    case 'inconclusive':
      return `${plural(judged.length, 'session')}, and no pass${example}`;
  }
}

/** Of each rule what it says where it says worst, with the evidence of all sessions in which it says so. */
function findingsOver(judged: readonly JudgedSession[]): Finding[] {
  const all = judged.flatMap(({ session, verdict }) => verdict.findings.map((finding) => ({ session, finding })));
  const merged = [...groupBy(all, ({ finding }) => finding.rule).values()].flatMap((told) => {
    const worst = smallest(told.map(({ finding }) => WORST_FIRST.indexOf(finding.verdict)));
    const same = told.filter(({ finding }) => WORST_FIRST.indexOf(finding.verdict) === worst);
    const [first] = same;
    if (first === undefined) return [];
    const { finding } = first;
    const evidence = same.flatMap((one) =>
      one.finding.evidence.map((seen) => ({ ...seen, call: callIn(one.session, seen.call) })),
    );
    const leftOut = same.reduce((sum, one) => sum + one.finding.evidenceLeftOut, 0);
    const others = same.length === 1 ? '' : `; the same in ${plural(same.length - 1, 'more session')}`;
    const silent = finding.verdict === 'not_applicable';
    return [
      {
        ...finding,
        explain: silent ? finding.explain : `in ${first.session} ${finding.explain}${others}`,
        n: same.reduce((sum, one) => sum + one.finding.n, 0),
        onFault: same.some((one) => one.finding.onFault),
        evidence: evidence.slice(0, SHOWN),
        evidenceLeftOut: leftOut + Math.max(0, evidence.length - SHOWN),
      },
    ];
  });
  return merged.sort((a, b) => WORST_FIRST.indexOf(a.verdict) - WORST_FIRST.indexOf(b.verdict));
}

/** Parts of a scenario that struck in none of the sessions under it. */
function notReachedBy(verdicts: readonly Verdict[]): string[] {
  const ids = [...groupBy(verdicts, ({ scenario }) => scenario).values()].flatMap((under) => {
    const [first] = under;
    return (first?.notReached ?? []).filter((id) => under.every(({ notReached }) => notReached.includes(id)));
  });
  return [...new Set(ids)];
}

function unservedOver(verdicts: readonly Verdict[]): UnservedRequests[] {
  const all = verdicts.flatMap(({ unserved }) => unserved);
  return [...groupBy(all, ({ method, path }) => `${method} ${path}`).values()]
    .flatMap((same) => same.slice(0, 1).map((one) => ({ ...one, n: same.reduce((sum, { n }) => sum + n, 0) })))
    .sort((a, b) => b.n - a.n);
}
