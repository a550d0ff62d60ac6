import type { CallHistory } from '../backoff/history/call-history.ts';
import { costOver } from '../backoff/history/cost.ts';
import type { CallRecord } from './call-record.ts';
import { type ErrorCount, errorsOf } from './errors.ts';
import type { HammerTraffic } from './hammer-traffic.ts';
import type { LoadRun, Workload } from './load-run.ts';
import { type EarlyRetries, earlyRetries, retryHistogram, waitsByRetry } from './retries.ts';
import { type TargetLoad, targetLoads } from './targets.ts';
import { troublesOf } from './troubles.ts';

/** How the calls of a run ended. */
export interface Volume {
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

/** A span that a fleet is judged by. With a share: a brown-out. */
export interface TroubleSpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly share?: number;
}

/** Moments and lengths of a run, a number for each case. */
export interface Samples {
  /** When calls were to start, and when they ended well. */
  readonly due: readonly number[];
  readonly good: readonly number[];
  /** When attempts, and requests of the noise beside them, reached the mock. */
  readonly attempts: readonly number[];
  readonly background: readonly number[];
  /** Attempts that succeeded: when they reached the mock, and how long each took, in the same order. */
  readonly served: readonly number[];
  readonly servedMs: readonly number[];
  /** From the scheduled start: until calls ended well, until clients gave up, until calls started. */
  readonly latencyMs: readonly number[];
  readonly giveUpMs: readonly number[];
  readonly startErrorMs: readonly number[];
  /** How late event loops were. */
  readonly mockDelayMs: readonly number[];
  readonly driverDelayMs: readonly number[];
}

/** Both sides of a gateway. */
interface GatewayCounts {
  readonly url: string;
  /** How many started calls sent so many requests: the first number is of those that sent none. */
  readonly sentPerCall: readonly number[];
  /** Requests that clients sent, those of calls that were not told of included. */
  readonly sent: number;
  readonly answers: Readonly<Record<string, number>>;
  /** Requests that arrived at the mock. */
  readonly arrived: number;
}

/**
 * A load run as numbers that can be put together: those of all shards are the numbers of the whole load. All figures of a report follow from
 * them. Times in milliseconds since the load began.
 */
export interface LoadMeasurements {
  readonly workload: Workload;
  readonly cutShort: string | null;
  readonly loadMs: number;
  /** When the load reached its full height. */
  readonly steadyMs: number;
  readonly calls: Volume;
  readonly capacityPerSecond: number | null;
  readonly outages: readonly TroubleSpan[];
  readonly samples: Samples;
  /** How many calls had so many attempts: the first number is of those without any. Of calls that began in an outage, and of the others. */
  readonly attemptsPerCall: { readonly inOutage: readonly number[]; readonly steady: readonly number[] };
  readonly retries: {
    readonly histogram: readonly number[];
    /** The waits before the first retry, before the second, and so on. */
    readonly waitsMs: readonly (readonly number[])[];
    readonly early: EarlyRetries;
  };
  readonly errors: readonly ErrorCount[];
  readonly sockets: number;
  /** Attempts that were answered with a 2xx. */
  readonly answeredWell: number;
  readonly billedTokens: number;
  readonly wastedTokens: number;
  readonly targets: readonly TargetLoad[];
  readonly through?: GatewayCounts;
  readonly hammer?: HammerTraffic;
  readonly correlation: Readonly<Record<CallHistory['certainty'], number>>;
}

/** A load run in numbers. */
export function measurementsOf(run: LoadRun): LoadMeasurements {
  const { workload, cutShort, records, histories, entries, capacityPerSecond, from, steadyFrom, loadUntil } = run;
  const cost = costOver(histories);
  const correlation = { exact: 0, likely: 0, ambiguous: 0 };
  for (const { certainty } of histories) correlation[certainty] += 1;
  return {
    workload,
    cutShort,
    loadMs: loadUntil - from,
    steadyMs: steadyFrom - from,
    calls: volumeOf(records),
    capacityPerSecond,
    outages: spansOf(run),
    samples: samplesOf(run),
    attemptsPerCall: attemptsPerCall(run),
    retries: { histogram: retryHistogram(histories), waitsMs: waitsByRetry(histories), early: earlyRetries(histories) },
    errors: errorsOf(records),
    sockets: new Set(entries.map(({ connId }) => connId)).size,
    answeredWell: entries.filter(({ status }) => status !== null && status >= 200 && status < 300).length,
    billedTokens: cost.billed,
    wastedTokens: cost.wasted,
    targets: targetLoads(run),
    ...gatewayCounts(run),
    ...(run.hammer === undefined ? {} : { hammer: run.hammer }),
    correlation,
  };
}

function samplesOf({ records, histories, entries, background, from, mockDelays, driverDelays }: LoadRun): Samples {
  const settled = records.filter(({ settledAt }) => settledAt !== null);
  const sinceScheduled = (ok: boolean) =>
    settled.flatMap((record) => (record.ok === ok ? [(record.settledAt ?? 0) - record.scheduledAt] : []));
  const served = histories.flatMap(({ tries }) =>
    tries.flatMap(({ failure, entry }) => (failure === undefined && entry.t_end !== null ? [entry] : [])),
  );
  return {
    due: records.map(({ scheduledAt }) => scheduledAt - from),
    good: settled.flatMap(({ ok, settledAt }) => (ok === true ? [(settledAt ?? 0) - from] : [])),
    attempts: entries.map(({ t_headers }) => t_headers - from),
    background: background.map(({ t_headers }) => t_headers - from),
    served: served.map(({ t_headers }) => t_headers - from),
    servedMs: served.map(({ t_headers, t_end }) => (t_end ?? 0) - t_headers),
    latencyMs: sinceScheduled(true),
    giveUpMs: sinceScheduled(false),
    startErrorMs: records.flatMap(({ scheduledAt, startedAt, unreported }) =>
      startedAt === null || unreported === true ? [] : [startedAt - scheduledAt],
    ),
    mockDelayMs: mockDelays.map(({ ms }) => ms),
    driverDelayMs: driverDelays.map(({ ms }) => ms),
  };
}

function spansOf({ outages, brownOuts, from: zero }: LoadRun): TroubleSpan[] {
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

function attemptsPerCall({ histories, ...run }: LoadRun): LoadMeasurements['attemptsPerCall'] {
  const spans = troublesOf(run);
  const isHit = ({ tries }: CallHistory) => {
    const at = tries[0]?.entry.t_headers ?? 0;
    return spans.some(({ from, to }) => at >= from && at < to);
  };
  const attempts = (of: readonly CallHistory[]) => histogramOf(of.map(({ tries }) => tries.length));
  return { inOutage: attempts(histories.filter(isHit)), steady: attempts(histories.filter((history) => !isHit(history))) };
}

function gatewayCounts({ through, records, entries }: LoadRun): { readonly through?: GatewayCounts } {
  if (through === undefined) return {};
  const { url, sent, answers } = through;
  const started = records.filter(({ startedAt }) => startedAt !== null);
  return {
    through: {
      url,
      sentPerCall: histogramOf(started.map(({ call }) => sent.get(call) ?? 0)),
      sent: [...sent.values()].reduce((sum, count) => sum + count, 0),
      answers,
      arrived: entries.filter(({ method }) => method === 'POST').length,
    },
  };
}

/** How often each number from 0 on is there. */
function histogramOf(numbers: readonly number[]): number[] {
  const counts: number[] = [];
  for (const number of numbers) counts[number] = (counts[number] ?? 0) + 1;
  return Array.from(counts, (count) => count ?? 0);
}
