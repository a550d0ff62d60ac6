import type { ClientOutcome, RunContext } from '../backoff/kit/rule-evidence.ts';
import { evidenceOf } from '../backoff/verdict/evidence-set.ts';
import { findingsOf, type ScenarioUse, verdictOf } from '../backoff/verdict/judge.ts';
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
      ...driversView(run),
      ...(run.silence === undefined ? {} : { silence: run.silence }),
      outages: run.outages,
      ...(run.downtimes === undefined ? {} : { downtimes: run.downtimes }),
      ...(run.together === undefined ? {} : { together: run.together }),
      stalls: [...run.mockDelays, ...run.driverDelays],
      ...(saturated
        ? { untimely: `the driver was late (99 % of the calls within ${Math.round(startErrorMs.p99 ?? 0)} ms)` }
        : {}),
    },
    policy,
  );
  const findings = withoutContradiction([...findingsOf(evidence), ...loadFindings(figures, policy.load)]);
  const verdict = unlessSilent(loadVerdict(verdictOf(findings, evidence, scenario), figures, policy.load), run);
  return { figures, verdict };
}

/** What the drivers know of calls. Those that arrive through a gateway bear no names: of them it is known when all had come back. */
function driversView({ through, records }: LoadRun): Pick<RunContext, 'outcomes' | 'clientEndedAt'> {
  if (through === undefined) return { outcomes: records.map(outcomeOf) };
  const isOver = records.every(({ startedAt, settledAt, unreported }) =>
    startedAt === null ? unreported !== true : settledAt !== null,
  );
  if (!isOver || records.length === 0) return {};
  return { clientEndedAt: records.reduce((last, { settledAt }) => Math.max(last, settledAt ?? 0), 0) };
}

/** A gateway that never asked the mock has not been put to the test, whatever became of the calls. */
function unlessSilent(verdict: Verdict, { silence, entries, cutShort }: LoadRun): Verdict {
  if (silence === undefined || entries.length > 0 || cutShort !== null) return verdict;
  return { ...verdict, verdict: 'inconclusive', exercised: false, explain: silence };
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
