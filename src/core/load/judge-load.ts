import type { ClientOutcome } from '../backoff/kit/rule-evidence.ts';
import { evidenceOf, findingsOf, type ScenarioUse, verdictOf } from '../backoff/verdict/judge.ts';
import type { Verdict } from '../backoff/verdict/verdict.ts';
import type { Policy } from '../policy/policy.ts';
import { loadFindings } from './load-findings.ts';
import { type LoadReport, loadReportOf } from './load-report.ts';
import type { LoadRun } from './load-run.ts';
import { loadVerdict } from './load-verdict.ts';
import { withoutContradiction } from './without-contradiction.ts';

/** What a load run is judged by. */
export interface LoadJudging {
  readonly policy: Policy;
  readonly scenario: ScenarioUse;
  /** From when on nothing can be learnt of the clients, in milliseconds of the journal's clock. */
  readonly watchedUntil: number;
}

/** The figures of a load run, and the verdict on its fleet. */
export interface JudgedLoad {
  readonly figures: LoadReport;
  readonly verdict: Verdict;
}

const UNFINISHED = 'the run was not over when this was written';

/** Asks the rules of good retrying, and holds the fleet as a whole to what is expected of it. */
export function judgeLoad(run: LoadRun, { policy, scenario, watchedUntil }: LoadJudging): JudgedLoad {
  const figures = loadReportOf(run);
  const { saturated, startErrorMs } = figures.exactness;
  const evidence = evidenceOf(
    run.entries,
    {
      watchedUntil,
      outcomes: run.records.map(outcomeOf),
      outages: run.outages,
      ...(new Set(run.entries.map(({ session }) => session)).size > 1 ? { together: true as const } : {}),
      stalls: [...run.mockDelays, ...run.driverDelays],
      ...(saturated
        ? { untimely: `the driver was late (99 % of the calls within ${Math.round(startErrorMs.p99 ?? 0)} ms)` }
        : {}),
    },
    policy,
  );
  const findings = withoutContradiction([...findingsOf(evidence), ...loadFindings(figures, policy.load)]);
  return { figures, verdict: loadVerdict(verdictOf(findings, evidence, scenario), figures, policy.load) };
}

/** The figures so far, without a decision. The rules of good retrying would take the mock's time: they are asked at the end. */
export function judgeUnfinishedLoad(run: LoadRun, { policy, scenario, watchedUntil }: LoadJudging): JudgedLoad {
  const figures = { ...loadReportOf(run), cutShort: UNFINISHED };
  const nothing = evidenceOf([], { watchedUntil }, policy);
  const judged = verdictOf(loadFindings(figures, policy.load), nothing, scenario);
  return { figures, verdict: { ...judged, verdict: 'inconclusive', explain: UNFINISHED, cutShort: UNFINISHED } };
}

function outcomeOf({ call, process, startedAt, settledAt, ok, error }: LoadRun['records'][number]): ClientOutcome {
  return {
    call,
    ok,
    process,
    ...(startedAt === null ? {} : { startedAt }),
    ...(settledAt === null ? {} : { settledAt }),
    ...(error === undefined ? {} : { error }),
  };
}
