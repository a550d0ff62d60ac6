import { MOST_SHARDS, parseShard, type Shard } from '../../core/load/shard.ts';
import { span } from './load-options.ts';
import { StartError, UsageError } from './usage-error.ts';

/** The flags of `load` that make it one of several on any number of machines. */
export interface ShardFlags {
  readonly shard?: string;
  readonly startAt?: string;
  readonly store?: string;
  readonly maxClockError?: string;
  readonly through?: string;
  readonly hammer?: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

const STANDARD_CLOCK_ERROR = '50ms';
/** A day, a time and a zone: shards are on machines that may be set to any. */
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** The shard that the flag names, or that Kubernetes gives to a pod of an Indexed Job. Undefined: the load is one. */
export function shardOf({ shard }: ShardFlags, environment: Environment): Shard | undefined {
  if (shard !== undefined) {
    const parsed = parseShard(shard);
    if (parsed === undefined)
      throw new UsageError(`--shard takes a shard and how many there are, such as 2/8, at most ${MOST_SHARDS}; found "${shard}"`);
    return parsed;
  }
  const { JOB_COMPLETION_INDEX: index, MOCK_OPENAI_SHARDS: shards } = environment;
  if (shards === undefined || shards.trim() === '') return undefined;
  if (index === undefined)
    throw new UsageError(
      'MOCK_OPENAI_SHARDS goes with JOB_COMPLETION_INDEX, which an Indexed Job of Kubernetes sets; else use --shard',
    );
  const parsed = /^\d+$/.test(index.trim()) ? parseShard(`${Number(index) + 1}/${shards.trim()}`) : undefined;
  if (parsed === undefined)
    throw new UsageError(`JOB_COMPLETION_INDEX "${index}" is no shard of MOCK_OPENAI_SHARDS "${shards}": it counts from 0`);
  return parsed;
}

/** The moment of `--start-at`, in milliseconds since the epoch; undefined without one. */
export function startTime({ startAt }: ShardFlags, now: number): number | undefined {
  if (startAt === undefined) return undefined;
  const at = MOMENT.test(startAt) ? Date.parse(startAt) : Number.NaN;
  if (Number.isNaN(at))
    throw new UsageError(`--start-at takes a moment with its zone, such as 2026-12-01T10:00:00Z; found "${startAt}"`);
  if (at <= now) throw new UsageError(`--start-at ${startAt} has passed: it is ${new Date(now).toISOString()}`);
  return at;
}

/** Refuses flags that do not go together. */
export function checkShardFlags({ store, startAt, maxClockError, through, hammer }: ShardFlags): void {
  if (maxClockError !== undefined && (store === undefined || startAt === undefined))
    throw new UsageError('--max-clock-error goes with --store and --start-at: it is about the clock of the store');
  if (store !== undefined && through !== undefined)
    throw new UsageError('--store and --through exclude each other: a gateway does not tell which shard a request is of');
  if (store !== undefined && hammer !== undefined)
    throw new UsageError('--store and --hammer exclude each other: each request of the hammer would be written into the store');
}

/** Compares the clock of this machine with that of the store. Throws a StartError where shards would not start together. */
export async function checkClock({ store, startAt, maxClockError = STANDARD_CLOCK_ERROR }: ShardFlags): Promise<void> {
  if (store === undefined || startAt === undefined) return;
  const mostMs = span('--max-clock-error', maxClockError);
  const { clockDifference } = await import('../../replicas/clock-difference.ts');
  const { aheadMs, errorMs } = await clockDifference(store);
  if (Math.abs(aheadMs) - errorMs <= mostMs) return;
  const how = `${Math.round(Math.abs(aheadMs))} ms ${aheadMs > 0 ? 'behind' : 'ahead of'}`;
  throw new StartError(
    `the clock of this machine is ${how} that of the store, so that the shards would not start together: set it by NTP, or allow it with --max-clock-error`,
  );
}
