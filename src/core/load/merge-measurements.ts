import { groupBy } from '../collections/group-by.ts';
import type { HammerTraffic } from './hammer-traffic.ts';
import type { LoadMeasurements, Samples, TroubleSpan } from './measurements.ts';
import { SAMPLE_NAMES } from './shard-report.ts';
import type { TargetLoad } from './targets.ts';

/** The numbers of one shard. */
export interface MeasuredShard {
  readonly index: number;
  readonly measured: LoadMeasurements;
}

/** The numbers of all shards → those of the whole load. `isShared`: they asked one mock. */
export function mergeMeasurements(shards: readonly MeasuredShard[], isShared: boolean): LoadMeasurements {
  const all = shards.map(({ measured }) => measured);
  const sum = (of: (measured: LoadMeasurements) => number) => all.reduce((total, measured) => total + of(measured), 0);
  const most = (of: (measured: LoadMeasurements) => number) => all.reduce((max, measured) => Math.max(max, of(measured)), 0);
  const waitsMs = Array.from({ length: most(({ retries }) => retries.waitsMs.length) }, (_, index) =>
    all.flatMap(({ retries }) => retries.waitsMs[index] ?? []),
  );
  return {
    workload: workloadOf(all),
    cutShort: whyCutShort(shards),
    loadMs: most(({ loadMs }) => loadMs),
    steadyMs: most(({ steadyMs }) => steadyMs),
    calls: added(all.map(({ calls }) => calls)),
    capacityPerSecond: capacityOf(all, isShared),
    outages: spansOf(all.flatMap(({ outages }) => outages)),
    samples: samplesOf(all),
    attemptsPerCall: {
      inOutage: addedUp(all.map(({ attemptsPerCall }) => attemptsPerCall.inOutage)),
      steady: addedUp(all.map(({ attemptsPerCall }) => attemptsPerCall.steady)),
    },
    retries: {
      histogram: addedUp(all.map(({ retries }) => retries.histogram)),
      waitsMs,
      early: { count: sum(({ retries }) => retries.early.count), worstMs: most(({ retries }) => retries.early.worstMs) },
    },
    errors: errorsOf(all),
    sockets: sum(({ sockets }) => sockets),
    answeredWell: sum(({ answeredWell }) => answeredWell),
    billedTokens: sum(({ billedTokens }) => billedTokens),
    wastedTokens: sum(({ wastedTokens }) => wastedTokens),
    targets: targetsOf(all),
    ...gatewayOf(all),
    ...hammerOf(all),
    correlation: added(all.map(({ correlation }) => correlation)),
  };
}

function workloadOf(all: readonly LoadMeasurements[]): LoadMeasurements['workload'] {
  const [first] = all;
  if (first === undefined) throw new RangeError('a load has at least one shard');
  const sum = (of: (workload: LoadMeasurements['workload']) => number) =>
    all.reduce((total, { workload }) => total + of(workload), 0);
  return {
    ...first.workload,
    perSecond: first.workload.perSecond === null ? null : sum(({ perSecond }) => perSecond ?? 0),
    processes: sum(({ processes }) => processes),
    maxInFlight: sum(({ maxInFlight }) => maxInFlight),
  };
}

function whyCutShort(shards: readonly MeasuredShard[]): string | null {
  const why = shards.flatMap(({ index, measured: { cutShort } }) => (cutShort === null ? [] : [`shard ${index}: ${cutShort}`]));
  return why.length === 0 ? null : why.join('; ');
}

/** Mocks of their own can do as much each. */
function capacityOf(all: readonly LoadMeasurements[], isShared: boolean): number | null {
  const capacities = all.flatMap(({ capacityPerSecond }) => (capacityPerSecond === null ? [] : [capacityPerSecond]));
  if (capacities.length < all.length) return null;
  return isShared ? (capacities[0] ?? null) : capacities.reduce((sum, one) => sum + one, 0);
}

/** Mocks of their own begin the same outage at moments that differ a little: what overlaps is one. */
function spansOf(spans: readonly TroubleSpan[]): TroubleSpan[] {
  const merged: TroubleSpan[] = [];
  for (const span of [...spans].sort((a, b) => a.fromMs - b.fromMs)) {
    const at = merged.findIndex(({ toMs, share }) => span.fromMs <= toMs && (share === undefined) === (span.share === undefined));
    const known = merged[at];
    if (known === undefined) merged.push(span);
    else
      merged[at] = {
        ...known,
        toMs: Math.max(known.toMs, span.toMs),
        ...(known.share === undefined ? {} : { share: Math.max(known.share, span.share ?? 0) }),
      };
  }
  return merged;
}

function samplesOf(all: readonly LoadMeasurements[]): Samples {
  const together = (name: keyof Samples) => all.flatMap(({ samples }) => samples[name]);
  return Object.fromEntries(SAMPLE_NAMES.map((name) => [name, together(name)])) as Record<keyof Samples, number[]>;
}

function errorsOf(all: readonly LoadMeasurements[]): LoadMeasurements['errors'] {
  const same = groupBy(
    all.flatMap(({ errors }) => errors),
    ({ error }) => error,
  );
  return [...same]
    .map(([error, counts]) => ({ error, calls: counts.reduce((sum, { calls }) => sum + calls, 0) }))
    .sort((a, b) => b.calls - a.calls);
}

function targetsOf(all: readonly LoadMeasurements[]): TargetLoad[] {
  const same = groupBy(
    all.flatMap(({ targets }) => targets),
    ({ provider, model, key }) => JSON.stringify([provider, model, key]),
  );
  return [...same.values()].flatMap(targetOf).sort((a, b) => b.requests - a.requests);
}

function targetOf(same: readonly TargetLoad[]): TargetLoad[] {
  const [first] = same;
  if (first === undefined) return [];
  const sum = (of: (target: TargetLoad) => number) => same.reduce((total, target) => total + of(target), 0);
  const total = {
    ...first,
    requests: sum(({ requests }) => requests),
    refused: sum(({ refused }) => refused),
    broken: sum(({ broken }) => broken),
    billedTokens: sum(({ billedTokens }) => billedTokens),
    wastedTokens: sum(({ wastedTokens }) => wastedTokens),
  };
  return [total];
}

function gatewayOf(all: readonly LoadMeasurements[]): Pick<LoadMeasurements, 'through'> {
  const counts = all.flatMap(({ through }) => through ?? []);
  const [first] = counts;
  if (first === undefined) return {};
  return {
    through: {
      url: [...new Set(counts.map(({ url }) => url))].join(', '),
      sentPerCall: addedUp(counts.map(({ sentPerCall }) => sentPerCall)),
      sent: counts.reduce((total, { sent }) => total + sent, 0),
      answers: added(counts.map(({ answers }) => answers)),
      arrived: counts.reduce((total, { arrived }) => total + arrived, 0),
    },
  };
}

function hammerOf(all: readonly LoadMeasurements[]): Pick<LoadMeasurements, 'hammer'> {
  const counts: readonly HammerTraffic[] = all.flatMap(({ hammer }) => hammer ?? []);
  if (counts.length === 0) return {};
  return {
    hammer: {
      connections: counts.reduce((total, { connections }) => total + connections, 0),
      answers: added(counts.map(({ answers }) => answers)),
      perSecond: addedUp(counts.map(({ perSecond }) => perSecond)),
    },
  };
}

/** Lists of counts, added place by place. */
function addedUp(lists: readonly (readonly number[])[]): number[] {
  const length = lists.reduce((most, list) => Math.max(most, list.length), 0);
  return Array.from({ length }, (_, at) => lists.reduce((sum, list) => sum + (list[at] ?? 0), 0));
}

/** Counts by name, added up. */
function added<Counts extends object>(all: readonly Counts[]): Counts {
  const sums: Record<string, number> = {};
  for (const counts of all) {
    for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + (count as number);
  }
  return sums as Counts;
}
