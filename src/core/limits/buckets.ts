import { type Bucket, type LimitKind, limitKinds, windowOf } from '../openai/rate-limit-account.ts';
import { drawn, refilled, serves, settled, waitAsTold } from './bucket.ts';
import type { Capacities } from './limit-spec.ts';

/** What a request asks of an account. */
export interface Cost {
  readonly requests: number;
  readonly tokens: number;
}

/** A request before the buckets of an account. */
export interface Draw {
  readonly capacities: Capacities;
  readonly cost: Cost;
  /** A refused request draws what it can from the buckets per minute. */
  readonly refusedDraws: boolean;
}

/** How a draw ended, and the buckets as it leaves them. */
export interface Taken {
  /** The limit that refuses: `too_large` when the request alone exceeds it, `short` when a wait will do. */
  readonly refusal: { readonly reason: 'short' | 'too_large'; readonly kind: LimitKind } | undefined;
  readonly buckets: { readonly [K in LimitKind]?: Bucket };
  /** What was drawn from each bucket. */
  readonly drawn: Amounts;
}

export type Amounts = { readonly [K in LimitKind]?: number };

/**
 * The buckets of all accounts: the mutable state of the limits. Synchronous, so that a store shared between processes can
 * stand behind the same interface.
 */
export interface Buckets {
  /** Draws the cost from every bucket of the account, or is refused. `at` in milliseconds, never before an earlier one. */
  take(account: string, draw: Draw, at: number): Taken;
  /** Puts back into the buckets what was drawn, or a part of it. */
  give(account: string, amounts: Amounts, at: number): void;
  clear(): void;
}

/** Accounts kept at most. Past that the one longest out of use is taken for full. */
const MAX_ACCOUNTS = 10_000;

interface Account {
  readonly at: number;
  readonly buckets: readonly Level[];
}

interface Level {
  readonly kind: LimitKind;
  readonly bucket: Bucket;
}

/** Buckets in memory. A full bucket need not be kept. */
export function createBuckets(maxAccounts = MAX_ACCOUNTS): Buckets & { readonly size: number } {
  // In the order of use: the first is the one longest out of use.
  const accounts = new Map<string, Account>();
  const keep = (name: string, account: Account) => {
    accounts.delete(name);
    if (account.buckets.some(({ bucket }) => bucket.used > 0)) accounts.set(name, account);
    const [oldest, forgettable] = accounts.entries().next().value ?? [];
    if (oldest !== undefined && (accounts.size > maxAccounts || isFull(forgettable, account.at))) accounts.delete(oldest);
  };
  return {
    get size() {
      return accounts.size;
    },
    take(name, draw, at) {
      const { taken, levels } = drawFrom(accounts.get(name), draw, at);
      keep(name, { at, buckets: levels });
      return taken;
    },
    give(name, amounts, at) {
      const account = accounts.get(name);
      if (account === undefined) return;
      const buckets = refill(account, at).map(({ kind, bucket }) => ({
        kind,
        bucket: { ...bucket, used: Math.max(0, bucket.used - (amounts[kind] ?? 0)) },
      }));
      keep(name, { at, buckets });
    },
    clear: () => accounts.clear(),
  };
}

function drawFrom(account: Account | undefined, draw: Draw, at: number): { taken: Taken; levels: readonly Level[] } {
  const { capacities, cost, refusedDraws } = draw;
  const elapsedMs = account === undefined ? 0 : at - account.at;
  const before = levelsOf(capacities, account, elapsedMs);
  const tooLarge = before.find(({ kind, bucket }) => costOf(cost, kind) > bucket.limit);
  const short = before.filter(({ kind, bucket }) => !serves(bucket, costOf(cost, kind), elapsedMs));
  const admitted = tooLarge === undefined && short.length === 0;
  const amountOf = (kind: LimitKind): number => {
    if (admitted) return costOf(cost, kind);
    const draws = refusedDraws && (kind === 'requests' || (kind === 'tokens' && tooLarge === undefined));
    return draws ? costOf(cost, kind) : 0;
  };
  const levels = before.map(({ kind, bucket }) => ({ kind, bucket: drawn(bucket, amountOf(kind)) }));
  const buckets = Object.fromEntries(levels.map(({ kind, bucket }) => [kind, settled(bucket)]));
  const amounts = levels.map(({ kind, bucket }, index) => [kind, bucket.used - (before[index]?.bucket.used ?? 0)]);
  const refusing =
    tooLarge?.kind ??
    longestWait(
      levels.filter(({ kind }) => short.some((level) => level.kind === kind)),
      cost,
    );
  const reason = tooLarge === undefined ? 'short' : 'too_large';
  const refusal = refusing === undefined ? undefined : ({ reason, kind: refusing } as const);
  return { taken: { refusal, buckets, drawn: Object.fromEntries(amounts) }, levels };
}

/** Of several buckets that are short the one with the longest wait refuses: whoever waits for it is served by all. */
function longestWait(short: readonly Level[], cost: Cost): LimitKind | undefined {
  let longest: { kind: LimitKind; waitMs: number } | undefined;
  for (const { kind, bucket } of short) {
    const waitMs = waitAsTold(settled(bucket), costOf(cost, kind));
    if (longest === undefined || waitMs > longest.waitMs) longest = { kind, waitMs };
  }
  return longest?.kind;
}

/** The buckets at this moment; those that were not kept are full. */
function levelsOf(capacities: Capacities, account: Account | undefined, elapsedMs: number): Level[] {
  const levels: Level[] = [];
  for (const kind of limitKinds) {
    const limit = capacities[kind];
    if (limit === undefined) continue;
    const used = account?.buckets.find((level) => level.kind === kind)?.bucket.used ?? 0;
    levels.push({ kind, bucket: refilled({ limit, used, windowMs: windowOf(kind) }, elapsedMs) });
  }
  return levels;
}

function refill({ at: then, buckets }: Account, at: number): Level[] {
  return buckets.map(({ kind, bucket }) => ({ kind, bucket: refilled(bucket, at - then) }));
}

function isFull(account: Account | undefined, at: number): boolean {
  return account !== undefined && refill(account, at).every(({ bucket }) => bucket.used === 0);
}

/** What the request asks of a bucket of this kind. */
export function costOf({ requests, tokens }: Cost, kind: LimitKind): number {
  return kind === 'requests' || kind === 'requests_per_day' ? requests : tokens;
}
