import type { LoadMeasurements, Samples } from './measurements.ts';
import { samplesIn, sampleText } from './sample-text.ts';
import type { Shard } from './shard.ts';

/** The samples of a shard: those that have an order of their own are kept in it. */
export const SAMPLE_NAMES = [
  'due',
  'good',
  'attempts',
  'background',
  'served',
  'servedMs',
  'latencyMs',
  'giveUpMs',
  'startErrorMs',
  'mockDelayMs',
  'driverDelayMs',
] as const satisfies readonly (keyof Samples)[];

/** Of each served attempt there are two samples at the same place. */
const IN_PAIRS: ReadonlySet<keyof Samples> = new Set(['served', 'servedMs']);

/** What a shard says of its place in the whole load. */
export interface ShardPlace extends Shard {
  /** When its load began, by the clock of its machine: ISO 8601. */
  readonly beganAt: string;
  /** All shards ask one mock, by a store. */
  readonly shared: boolean;
  /** How long the load is to go on. */
  readonly forMs: number;
  /** Requests beside the whole load; null where there are none. */
  readonly backgroundPerSecond: number | null;
  /** What tells its scenario, with its seed, from others of that name. */
  readonly scenarioSha256: string;
}

/** What a report has of a shard beside its own figures, so that the whole load can be told. */
export interface ShardReport extends ShardPlace, Omit<LoadMeasurements, 'samples' | 'retries'> {
  readonly samples: Readonly<Record<keyof Samples, string>>;
  readonly retries: Omit<LoadMeasurements['retries'], 'waitsMs'> & { readonly waitsMs: readonly string[] };
}

/** `text`: the whole load in words. */
export function shardReportOf(measured: LoadMeasurements, place: ShardPlace, text: string): ShardReport {
  const { samples, retries, workload } = measured;
  const inOrder = (values: readonly number[]) => sampleText([...values].sort((a, b) => a - b));
  const written = (name: keyof Samples) => (IN_PAIRS.has(name) ? sampleText(samples[name]) : inOrder(samples[name]));
  return {
    ...place,
    ...measured,
    workload: { ...workload, text },
    samples: Object.fromEntries(SAMPLE_NAMES.map((name) => [name, written(name)])) as Record<keyof Samples, string>,
    retries: { ...retries, waitsMs: retries.waitsMs.map(inOrder) },
  };
}

/** The inverse; undefined where the samples are none of ours. */
export function measurementsIn({ samples, retries, ...rest }: Omit<ShardReport, keyof ShardPlace>): LoadMeasurements | undefined {
  const read = SAMPLE_NAMES.map((name) => [name, samplesIn(samples[name])] as const);
  const waitsMs = retries.waitsMs.map(samplesIn);
  if ([...read.map(([, values]) => values), ...waitsMs].includes(undefined)) return undefined;
  return {
    ...rest,
    samples: Object.fromEntries(read) as Record<keyof Samples, number[]>,
    retries: { ...retries, waitsMs: waitsMs.map((values) => values ?? []) },
  };
}
