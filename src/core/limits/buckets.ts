import { LruMap } from '../collections/lru-map.ts';
import type { Linked } from '../collections/use-order.ts';
import { type Bucket, type LimitKind, limitKinds, windowOf } from '../openai/request/rate-limit-account.ts';
import type { AccountHolder } from './account-holder.ts';
import { advertisedWaitMs, drawn, refilled, serves, settled } from './bucket.ts';
import { type Capacity, capacityAt, meanCapacity } from './capacity-course.ts';
import type { Capacities } from './limit-spec.ts';

/** What a request asks of an account. */
export interface Cost {
  readonly requests: number;
  readonly tokens: number;
}

/** A request before the buckets of an account. */
export interface Draw {
  readonly capacities: Capacities;
  /** Requests that are served at the same time; undefined where any number may be. */
  readonly inFlight?: Capacity | undefined;
  /** Buckets are full again at once, when a window ends. */
  readonly isFixed?: true;
  readonly cost: Cost;
  /** A refused request draws what it can from the buckets per minute. */
  readonly refusedDraws: boolean;
  /** Undefined where the account need not be shown. */
  readonly holder?: AccountHolder | undefined;
}

/** The limits that buckets are looked at under. */
export type LooksUnder = Pick<Draw, 'capacities' | 'isFixed'>;

/** How a draw ended, and the buckets as it leaves them. */
export interface LimitResult {
  readonly refusal: LimitRefused | undefined;
  readonly buckets: { readonly [K in LimitKind]?: Bucket };
  /** What was drawn from each bucket. */
  readonly drawn: Amounts;
}

/**
 * The limit that refuses: `too_large` when the request alone exceeds it, `short` when a wait will do, `in_flight` when as many
 * as may be are being served.
 */
export type LimitRefused =
  | { readonly reason: 'short' | 'too_large'; readonly kind: LimitKind }
  | { readonly reason: 'in_flight'; readonly limit: number; readonly used: number };

export type Amounts = { readonly [K in LimitKind]?: number | undefined };

/** The buckets of all accounts: the mutable state of the limits. Processes share it through the state of a session. */
export interface Buckets {
  /**
   * Draws the cost from every bucket of the account, or is refused. `at` in milliseconds, never before an earlier one;
   * `clockMs` is the same moment on the clock of the session.
   */
  draw(account: string, draw: Draw, at: number, clockMs?: number): LimitResult;
  /** The buckets of the account, of which nothing is drawn. */
  look(account: string, draw: LooksUnder, at: number, clockMs?: number): LimitResult['buckets'];
  /** The accounts that were used last, the newest first, with their holders. Looking at one does not count as its use. */
  recent(): Iterable<readonly [account: string, holder: AccountHolder]>;
  /**
   * Puts back into the buckets what was drawn at `drawnMs`, or a part of it; both moments on the clock of the session too. What
   * was drawn from a fixed window that has ended is not put into the next one.
   */
  refund(account: string, amounts: Amounts, moments: RefundMoments): void;
}

interface RefundMoments {
  readonly at: number;
  readonly clockMs: number;
  /** When it was drawn, on the clock of the session. */
  readonly drawnMs: number;
}

/** Accounts kept at most. Past that the one longest out of use is taken for full. */
const MAX_ACCOUNTS = 10_000;

type Levels = { readonly [K in LimitKind]?: Bucket };

interface Account extends Now {
  readonly levels: Levels;
}

interface KeptAccount extends Linked<KeptAccount> {
  readonly name: string;
  account: Account;
  holder: AccountHolder | undefined;
}

/** Buckets in memory. A full bucket need not be kept. */
export function createBuckets(maxAccounts = MAX_ACCOUNTS): Buckets & { readonly size: number } {
  const accounts = new LruMap<string, KeptAccount>(({ name }) => name);
  const keep = (name: string, account: Account, holder?: AccountHolder) => {
    const known = accounts.get(name);
    if (isFull(account, account.at)) {
      if (known !== undefined) accounts.remove(known);
    } else if (known !== undefined) {
      known.account = account;
      known.holder = holder ?? known.holder;
      accounts.use(known);
    } else accounts.add({ name, account, holder, older: undefined, newer: undefined });
    const { size, oldest } = accounts;
    if (oldest !== undefined && (size > maxAccounts || isFull(oldest.account, account.at))) accounts.remove(oldest);
  };
  return {
    get size() {
      return accounts.size;
    },
    draw(name, draw, at, clockMs = at) {
      const { taken, levels } = drawFrom(accounts.get(name)?.account, draw, { at, clockMs });
      keep(name, { at, clockMs, levels }, draw.holder);
      return taken;
    },
    look(name, draw, at, clockMs = at) {
      return eachLevel(levelsOf(draw, accounts.get(name)?.account, { at, clockMs }), settled);
    },
    *recent() {
      for (let kept = accounts.newest; kept !== undefined; kept = kept.older)
        if (kept.holder !== undefined) yield [kept.name, kept.holder];
    },
    refund(name, amounts, { at, clockMs, drawnMs }) {
      const account = accounts.get(name)?.account;
      if (account === undefined) return;
      const levels = eachLevel(account.levels, (bucket, kind) => {
        const { used, ...rest } = refilled(bucket, at - account.at);
        const isOver = bucket.endsInMs !== undefined && !isSameWindow(drawnMs, clockMs, bucket.windowMs);
        return { ...rest, used: isOver ? used : Math.max(0, used - (amounts[kind] ?? 0)) };
      });
      keep(name, { at, clockMs, levels });
    },
  };
}

interface Now {
  readonly at: number;
  readonly clockMs: number;
}

/** Whether both moments lie in the same of the windows that follow each other from 0 on. */
function isSameWindow(aMs: number, bMs: number, windowMs: number): boolean {
  return aMs - (aMs % windowMs) === bMs - (bMs % windowMs);
}

function drawFrom(account: Account | undefined, draw: Draw, now: Now): { taken: LimitResult; levels: Levels } {
  const { cost, refusedDraws } = draw;
  const elapsedMs = account === undefined ? 0 : now.at - account.at;
  const before = levelsOf(draw, account, now);
  const tooLarge = kindsOf(before, (bucket, kind) => costOf(cost, kind) > bucket.limit)[0];
  const short = kindsOf(before, (bucket, kind) => !serves(bucket, costOf(cost, kind), elapsedMs));
  const draws = (kind: LimitKind): boolean => {
    if (short.length === 0 && tooLarge === undefined) return true;
    return refusedDraws && (kind === 'requests' || (kind === 'tokens' && tooLarge === undefined));
  };
  const levels = eachLevel(before, (bucket, kind) => (draws(kind) ? drawn(bucket, costOf(cost, kind)) : bucket));
  const buckets = eachLevel(levels, settled);
  const reason = tooLarge === undefined ? 'short' : 'too_large';
  const kind = tooLarge ?? longestWait(short, buckets, cost);
  return {
    taken: {
      refusal: kind === undefined ? undefined : { reason, kind },
      buckets,
      drawn: eachLevel(levels, ({ used }, each) => used - (before[each]?.used ?? 0)),
    },
    levels,
  };
}

/** Of several buckets that are short the one with the longest wait refuses: a client that waits for it is served by all. */
function longestWait(short: readonly LimitKind[], buckets: Levels, cost: Cost): LimitKind | undefined {
  if (short.length < 2) return short[0];
  const waits = short.map((kind) => {
    const bucket = buckets[kind];
    return { kind, waitMs: bucket === undefined ? 0 : advertisedWaitMs(bucket, costOf(cost, kind)) };
  });
  return waits.reduce((longest, each) => (each.waitMs > longest.waitMs ? each : longest)).kind;
}

/** The buckets at this moment; those that were not kept are full. */
function levelsOf({ capacities, isFixed }: LooksUnder, account: Account | undefined, { at, clockMs }: Now): Levels {
  const elapsedMs = account === undefined ? 0 : at - account.at;
  const levels: { [K in LimitKind]?: Bucket } = {};
  for (const kind of limitKinds) {
    const capacity = capacities[kind];
    const limit = capacity === undefined ? Number.POSITIVE_INFINITY : capacityAt(capacity, clockMs);
    if (capacity === undefined || limit === Number.POSITIVE_INFINITY) continue;
    const used = account?.levels[kind]?.used ?? 0;
    const windowMs = windowOf(kind);
    if (isFixed === true) {
      const isNew = account !== undefined && !isSameWindow(account.clockMs, clockMs, windowMs);
      levels[kind] = { limit, used: isNew ? 0 : used, windowMs, endsInMs: windowMs - (clockMs % windowMs) };
    } else levels[kind] = refilled({ limit, used, windowMs }, elapsedMs, meanLimit(capacity, elapsedMs, clockMs));
  }
  return levels;
}

/** Where no limit was, all that was used has flowed back. */
function meanLimit(capacity: Capacity, elapsedMs: number, clockMs: number): number {
  return typeof capacity === 'number' ? capacity : meanCapacity(capacity, clockMs - elapsedMs, clockMs);
}

function eachLevel<T>(levels: Levels, map: (bucket: Bucket, kind: LimitKind) => T): { readonly [K in LimitKind]?: T } {
  const result: { [K in LimitKind]?: T } = {};
  for (const kind of limitKinds) {
    const bucket = levels[kind];
    if (bucket !== undefined) result[kind] = map(bucket, kind);
  }
  return result;
}

function kindsOf(levels: Levels, holds: (bucket: Bucket, kind: LimitKind) => boolean): LimitKind[] {
  return limitKinds.filter((kind) => {
    const bucket = levels[kind];
    return bucket !== undefined && holds(bucket, kind);
  });
}

function isFull(account: Account | undefined, at: number): boolean {
  if (account === undefined) return false;
  return kindsOf(account.levels, (bucket) => refilled(bucket, at - account.at).used > 0).length === 0;
}

/** What the request asks of a bucket of this kind. */
export function costOf({ requests, tokens }: Cost, kind: LimitKind): number {
  return kind === 'requests' || kind === 'requests_per_day' ? requests : tokens;
}
