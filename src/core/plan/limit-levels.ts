import type { AccountHolder } from '../limits/account-holder.ts';
import { advertisedUse } from '../limits/bucket.ts';
import type { LooksUnder } from '../limits/buckets.ts';
import { type Capacity, capacityAt } from '../limits/capacity-course.ts';
import { type AccountLimits, accountLimits } from '../limits/limit-spec.ts';
import { type Bucket, fullInMs, type LimitKind, limitKinds, remainingIn } from '../openai/request/rate-limit-account.ts';
import { limitInWords } from './explain-limits.ts';
import type { PlannedLimit } from './limits.ts';

/** Of something that is bounded, what is used and what is left. Whole numbers, as the headers tell them. */
export interface Level {
  readonly limit: number;
  readonly used: number;
  readonly left: number;
}

/** The bucket of an account as it stands. */
export interface BucketLevel extends Level {
  /** When all is left again, at the rate of this moment; null where nothing flows back. */
  readonly fullInMs: number | null;
}

/** What an account has left of its limits. */
export interface AccountLevels {
  readonly keyHash: string | undefined;
  readonly family: string;
  readonly buckets: { readonly [K in LimitKind]?: BucketLevel };
  /** Undefined where any number may be served at the same time. */
  readonly inFlight: Level | undefined;
}

/** An entry of the limits, and the accounts that it speaks of. */
export interface LimitLevels {
  /** The model, and the kind of key, that it speaks of. */
  readonly of: string;
  /** The fullest first. */
  readonly accounts: readonly AccountLevels[];
  /** Other accounts, that are used less. */
  readonly leftOut: number;
}

/** An account that is in use. */
export interface AccountInUse {
  readonly holder: AccountHolder;
  /** Requests that are being served. */
  readonly inFlight: number;
  /** Its buckets under these limits, at the moment that is asked about. */
  look(under: LooksUnder): { readonly [K in LimitKind]?: Bucket };
}

/** Floating-point noise in a time. */
const NOISE_MS = 1e-6;

/** Accounts of an entry that are told. */
const MOST_ACCOUNTS = 20;

/** What is left of each entry of the limits, at that moment of the clock of the session. */
export function limitLevels(limits: readonly PlannedLimit[], accounts: Iterable<AccountInUse>, clockMs: number): LimitLevels[] {
  const found = limits.map((): AccountLevels[] => []);
  const limitsOf = rememberedLimits(limits);
  for (const account of accounts) {
    const { entry, family } = account.holder;
    const limit = limits[entry];
    if (limit !== undefined) found[entry]?.push(levelsOf(account, limit, { ...limitsOf(entry, family), clockMs }));
  }
  return limits.map((limit, entry) => {
    const levels = (found[entry] ?? []).sort((a, b) => fullness(b) - fullness(a));
    const told = levels.slice(0, MOST_ACCOUNTS);
    return { of: limitInWords(limit), accounts: told, leftOut: levels.length - told.length };
  });
}

/** The limits of a family under an entry: they are the same for all keys. */
function rememberedLimits(limits: readonly PlannedLimit[]): (entry: number, family: string) => AccountLimits {
  const known = new Map<string, AccountLimits>();
  return (entry, family) => {
    const name = `${entry} ${family}`;
    const limit = limits[entry];
    const made = known.get(name) ?? (limit ? accountLimits(limit.spec, family, limit.changes) : NO_LIMITS);
    known.set(name, made);
    return made;
  };
}

const NO_LIMITS: AccountLimits = { capacities: {}, inFlight: undefined };

function levelsOf(
  { holder: { keyHash, family }, inFlight: served, look }: AccountInUse,
  { spec }: PlannedLimit,
  { capacities, inFlight, clockMs }: AccountLimits & { readonly clockMs: number },
): AccountLevels {
  const held = look({ capacities, ...(spec.options.window === 'fixed' ? { isFixed: true } : {}) });
  const buckets: { [K in LimitKind]?: BucketLevel } = {};
  for (const kind of limitKinds) {
    const bucket = held[kind];
    if (bucket !== undefined) buckets[kind] = bucketLevel(bucket);
  }
  return { keyHash, family, buckets, inFlight: placesLevel(served, inFlight, clockMs) };
}

function bucketLevel(bucket: Bucket): BucketLevel {
  const ms = bucket.used === 0 ? 0 : fullInMs(bucket);
  return {
    limit: bucket.limit,
    used: advertisedUse(bucket),
    left: remainingIn(bucket),
    fullInMs: Number.isFinite(ms) ? Math.max(0, Math.ceil(ms - NOISE_MS)) : null,
  };
}

function placesLevel(used: number, inFlight: Capacity | undefined, clockMs: number): Level | undefined {
  const limit = inFlight === undefined ? Number.POSITIVE_INFINITY : capacityAt(inFlight, clockMs);
  return limit === Number.POSITIVE_INFINITY ? undefined : { limit, used, left: Math.max(0, limit - used) };
}

/** The largest share that is used of anything. */
function fullness({ buckets, inFlight }: AccountLevels): number {
  const levels: readonly (Level | undefined)[] = [...Object.values(buckets), inFlight];
  return Math.max(0, ...levels.map((level) => (level === undefined ? 0 : level.used / Math.max(1, level.limit))));
}
