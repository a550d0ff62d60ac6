import type { CallHistory } from '../backoff/history/call-history.ts';
import { costOver } from '../backoff/history/cost.ts';
import { quantile } from '../backoff/kit/statistics.ts';
import type { CallRecord } from './call-record.ts';
import { type Distribution, distributionOf } from './distribution.ts';
import { type ErrorCount, errorsOf } from './errors.ts';
import { type Hammer, hammerOf } from './hammer.ts';
import type { LoadRun, Workload } from './load-run.ts';
import { type Peaks, peaksOf } from './peaks.ts';
import { type Recovery, recoveryOf } from './recovery.ts';
import { type EarlyRetries, earlyRetries, type GapRow, gapTable, retryHistogram } from './retries.ts';
import { MOST_TARGETS, type TargetLoad, targetLoads } from './targets.ts';
import { type Through, throughOf } from './through.ts';
import { type Timeline, timelineOf } from './timeline.ts';
import { troublesOf } from './troubles.ts';

/** How the calls of a run ended. */
interface Volume {
  /** That were to start. */
  readonly scheduled: number;
  readonly started: number;
  readonly ok: number;
  readonly failed: number;
  /** Whose client did not come back in time, or whose process died. */
  readonly abandoned: number;
  /** Not started, for too many were in flight. */
  readonly dropped: number;
  /** Due, but their process did not tell of them, and no request of theirs reached the mock. */
  readonly unreported: number;
}

/** Attempts a call. */
interface Amplification {
  readonly mean: number | null;
  readonly p99: number | null;
  readonly max: number | null;
  /** Of the calls that started while everything failed, and of the others. */
  readonly inOutage: number | null;
  readonly steady: number | null;
}

/** How well the machine kept up: what is late itself cannot measure. Times in milliseconds. */
interface Exactness {
  /** How much later than scheduled calls started. */
  readonly startErrorMs: Distribution;
  /** Starts were so late that statistical findings cannot be trusted. */
  readonly saturated: boolean;
  readonly mockDelayP99Ms: number | null;
  readonly driverDelayP99Ms: number | null;
  readonly correlation: Readonly<Record<CallHistory['certainty'], number>>;
}

/** Everything that a report tells of a load run. Times in milliseconds, since the load began. */
export interface LoadReport {
  readonly workload: Workload;
  readonly cutShort: string | null;
  readonly loadMs: number;
  readonly calls: Volume;
  readonly attempts: number;
  readonly backgroundRequests: number;
  readonly amplification: Amplification;
  readonly capacityPerSecond: number | null;
  /** With a share: brown-outs. */
  readonly outages: readonly { readonly fromMs: number; readonly toMs: number; readonly share?: number }[];
  readonly timeline: Timeline;
  readonly recovery: Recovery;
  readonly retries: {
    readonly histogram: readonly number[];
    readonly gaps: readonly GapRow[];
    readonly early: EarlyRetries;
  };
  /** From the scheduled start to the answer, of calls that ended well. */
  readonly latencyMs: Distribution;
  /** From arrival to the end of the answer, of attempts that succeeded. */
  readonly attemptLatencyMs: Distribution;
  /** From the scheduled start until the client gave up. */
  readonly giveUpMs: Distribution;
  readonly errors: readonly ErrorCount[];
  readonly peaks: Peaks;
  readonly socketsPerAttempt: number | null;
  readonly billedTokens: number;
  /** Of these, those of answers that were spoilt, cut, lost or left. */
  readonly wastedTokens: number;
  /** What came to each target, where there were several. */
  readonly targets: readonly TargetLoad[];
  readonly targetsLeftOut: number;
  /** Both sides of a gateway. */
  readonly through?: Through;
  /** What asked beside the fleet and never backed off. */
  readonly hammer?: Hammer;
  readonly exactness: Exactness;
}

/** A driver whose 99th percentile is later than this has not kept its schedule (backoff.md 8). */
const SATURATED_MS = 50;

/** A load run in figures. */
export function loadReportOf(run: LoadRun): LoadReport {
  const { workload, cutShort, records, histories, entries, background, capacityPerSecond, from, loadUntil } = run;
  const settled = records.filter(({ settledAt }) => settledAt !== null);
  const sinceScheduled = (of: readonly CallRecord[]) => of.map(({ scheduledAt, settledAt }) => (settledAt ?? 0) - scheduledAt);
  const cost = costOver(histories);
  const served = histories.flatMap(({ tries }) =>
    tries.flatMap(({ failure, entry }) => (failure === undefined && entry.t_end !== null ? [entry.t_end - entry.t_headers] : [])),
  );
  const targets = targetLoads(run);
  const through = throughOf(run);
  const hammer = hammerOf(run);
  return {
    workload,
    cutShort,
    loadMs: loadUntil - from,
    calls: volumeOf(records),
    attempts: entries.length,
    backgroundRequests: background.length,
    amplification: amplificationOf(run),
    capacityPerSecond,
    outages: spansOf(run),
    timeline: timelineOf(run),
    recovery: recoveryOf(run),
    retries: { histogram: retryHistogram(histories), gaps: gapTable(histories), early: earlyRetries(histories) },
    latencyMs: distributionOf(sinceScheduled(settled.filter(({ ok }) => ok === true))),
    attemptLatencyMs: distributionOf(served),
    giveUpMs: distributionOf(sinceScheduled(settled.filter(({ ok }) => ok === false))),
    errors: errorsOf(records),
    peaks: peaksOf(run),
    socketsPerAttempt: entries.length === 0 ? null : new Set(entries.map(({ connId }) => connId)).size / entries.length,
    billedTokens: cost.billed,
    wastedTokens: cost.wasted,
    targets: targets.slice(0, MOST_TARGETS),
    targetsLeftOut: Math.max(0, targets.length - MOST_TARGETS),
    ...(through === undefined ? {} : { through }),
    ...(hammer === undefined ? {} : { hammer }),
    exactness: exactnessOf(run),
  };
}

function spansOf({ outages, brownOuts, from: zero }: LoadRun): LoadReport['outages'] {
  const full = outages.map(({ from, to }) => ({ fromMs: from - zero, toMs: to - zero }));
  return [...full, ...brownOuts.map(({ from, to, share }) => ({ fromMs: from - zero, toMs: to - zero, share }))];
}

function volumeOf(records: readonly CallRecord[]): Volume {
  const count = (holds: (record: CallRecord) => boolean) => records.filter(holds).length;
  return {
    scheduled: records.length,
    started: count(({ startedAt }) => startedAt !== null),
    ok: count(({ ok }) => ok === true),
    failed: count(({ ok }) => ok === false),
    abandoned: count(({ startedAt, ok }) => startedAt !== null && ok === null),
    dropped: count(({ startedAt, unreported }) => startedAt === null && unreported !== true),
    unreported: count(({ startedAt, unreported }) => startedAt === null && unreported === true),
  };
}

function amplificationOf({ histories, ...run }: LoadRun): Amplification {
  const spans = troublesOf(run);
  const inOutage: number[] = [];
  const steady: number[] = [];
  for (const { tries } of histories) {
    const at = tries[0]?.entry.t_headers ?? 0;
    const hit = spans.some(({ from, to }) => at >= from && at < to);
    (hit ? inOutage : steady).push(tries.length);
  }
  const { mean, p99, max } = distributionOf([...inOutage, ...steady]);
  return { mean, p99, max, inOutage: distributionOf(inOutage).mean, steady: distributionOf(steady).mean };
}

function exactnessOf({ workload, records, histories, mockDelays, driverDelays }: LoadRun): Exactness {
  const late = records.flatMap(({ scheduledAt, startedAt, unreported }) =>
    startedAt === null || unreported === true ? [] : [startedAt - scheduledAt],
  );
  const startErrorMs = distributionOf(late);
  const correlation = { exact: 0, likely: 0, ambiguous: 0 };
  for (const { certainty } of histories) correlation[certainty] += 1;
  const worst = (delays: LoadRun['mockDelays']) =>
    delays.length === 0
      ? null
      : quantile(
          delays.map(({ ms }) => ms),
          0.99,
        );
  return {
    startErrorMs,
    saturated: workload.model !== 'closed' && (startErrorMs.p99 ?? 0) > SATURATED_MS,
    mockDelayP99Ms: worst(mockDelays),
    driverDelayP99Ms: worst(driverDelays),
    correlation,
  };
}
