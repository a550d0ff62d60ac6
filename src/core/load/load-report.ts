import type { CallHistory } from '../backoff/history/call-history.ts';
import { quantile } from '../backoff/kit/statistics.ts';
import { type Amplification, amplificationOf } from './amplification.ts';
import { type Distribution, distributionOf } from './distribution.ts';
import type { ErrorCount } from './errors.ts';
import { type Hammer, hammerOf } from './hammer.ts';
import type { LoadRun, Workload } from './load-run.ts';
import { type LoadMeasurements, measurementsOf, type TroubleSpan, type Volume } from './measurements.ts';
import { type Peaks, peaksOf } from './peaks.ts';
import { type Recovery, recoveryOf } from './recovery.ts';
import { type EarlyRetries, type GapRow, gapTable } from './retries.ts';
import { MOST_TARGETS, type TargetLoad } from './targets.ts';
import { type Through, throughOf } from './through.ts';
import { type Timeline, timelineOf } from './timeline.ts';

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
  readonly outages: readonly TroubleSpan[];
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
/** Texts of errors that a report names. */
const MOST_ERRORS = 5;

/** A load run in figures. */
export function loadReportOf(run: LoadRun): LoadReport {
  return figuresOf(measurementsOf(run));
}

/** The figures that follow from the numbers of a run, or of all shards of one. */
export function figuresOf(measured: LoadMeasurements): LoadReport {
  const { workload, cutShort, loadMs, calls, capacityPerSecond, outages, samples, retries, errors, targets } = measured;
  const attempts = samples.attempts.length;
  const through = throughOf(measured);
  const hammer = hammerOf(measured);
  return {
    workload,
    cutShort,
    loadMs,
    calls,
    attempts,
    backgroundRequests: samples.background.length,
    amplification: amplificationOf(measured),
    capacityPerSecond,
    outages,
    timeline: timelineOf(measured),
    recovery: recoveryOf(measured),
    retries: { histogram: retries.histogram, gaps: gapTable(retries.waitsMs), early: retries.early },
    latencyMs: distributionOf(samples.latencyMs),
    attemptLatencyMs: distributionOf(samples.servedMs),
    giveUpMs: distributionOf(samples.giveUpMs),
    errors: errors.slice(0, MOST_ERRORS),
    peaks: peaksOf(measured),
    socketsPerAttempt: attempts === 0 ? null : measured.sockets / attempts,
    billedTokens: measured.billedTokens,
    wastedTokens: measured.wastedTokens,
    targets: targets.slice(0, MOST_TARGETS),
    targetsLeftOut: Math.max(0, targets.length - MOST_TARGETS),
    ...(through === undefined ? {} : { through }),
    ...(hammer === undefined ? {} : { hammer }),
    exactness: exactnessOf(measured),
  };
}

function exactnessOf({ workload, samples, correlation }: LoadMeasurements): Exactness {
  const startErrorMs = distributionOf(samples.startErrorMs);
  const worst = (delays: readonly number[]) => (delays.length === 0 ? null : quantile(delays, 0.99));
  return {
    startErrorMs,
    saturated: workload.model !== 'closed' && (startErrorMs.p99 ?? 0) > SATURATED_MS,
    mockDelayP99Ms: worst(samples.mockDelayMs),
    driverDelayP99Ms: worst(samples.driverDelayMs),
    correlation,
  };
}
