import type { Header } from '../../wire/effect.ts';
import { type Bucket, type LimitKind, windowOf } from '../request/rate-limit-account.ts';
import type { ApiRequest } from '../request/request.ts';
import { bucketHeaders, idleBuckets, limitedModel, precountTokens, publishedLimits } from './rate-limit-headers.ts';
import type { Tier } from './rate-limit-table.ts';

/** A bucket that cannot serve a request yet: `waitMs` is `(used + requested − limit) / limit × window` (wire.md 1.4). */
export interface Shortage {
  readonly kind: LimitKind;
  readonly limit: number;
  readonly used: number;
  readonly requested: number;
  /** Whole milliseconds. */
  readonly waitMs: number;
}

/** A shortage in numbers that fit a published account. */
export interface PublishedShortage extends Shortage {
  /** The account that has this limit. */
  readonly tier: Tier;
}

const TIERS = [1, 2, 3, 4, 5] as const;

/** Tokens per day in tier 1: that of the batch queue of gpt-4o (wire.md 6), the only one that is published. */
const DAILY_TOKENS = 90_000;

/**
 * Numbers for a 429 that tells the client to wait so long (in milliseconds, at least 1), and the wait that follows from them.
 *
 * Tokens: the limit is that of the lowest tier in which the request fits and the wait is a whole number of tokens; what
 * the request asks for is its own count, or more when that is too little to cause the wait. Requests: each asks for 1,
 * so the wait alone decides the limit, 60 s / wait or 24 h / wait.
 *
 * No whole numbers cause a wait of requests that is no whole fraction of the window, nor any that is longer than the window,
 * for never is more used or requested than the limit. Then the wait is the nearest that can be had.
 */
export function shortageOf(request: ApiRequest, kind: LimitKind, askedMs: number): PublishedShortage {
  const waitMs = Math.max(1, Math.ceil(askedMs));
  const windowMs = windowOf(kind);
  if (kind === 'requests' || kind === 'requests_per_day') {
    return { ...emptied({ limit: nearestRequests(windowMs, waitMs), windowMs }, kind, 1), tier: 1 };
  }
  const count = precountTokens(request);
  const fits = ({ limit }: Offer) => count <= limit && resolves({ limit, windowMs }, waitMs);
  const { tier, limit } = TIERS.map((each) => offerOf(request, kind, each)).find(fits) ?? offerOf(request, kind, 1);
  const refill = { limit, windowMs };
  const missing = Math.min(limit, missingTokens(refill, waitMs));
  const requested = Math.min(limit, Math.max(count, missing));
  return { kind, limit, used: limit + missing - requested, requested, waitMs: waitFor(refill, missing), tier };
}

/** Numbers for a 429 of a bucket with nothing left in it, and the wait that follows from them. */
export function emptied(refill: Refill, kind: LimitKind, asked: number): Shortage {
  const { limit } = refill;
  const requested = Math.max(1, Math.min(limit, asked));
  return { kind, limit, used: limit, requested, waitMs: waitFor(refill, requested) };
}

/** wire.md 1.4, "429 arithmetic"; at least a millisecond. */
function waitFor({ limit, windowMs, endsInMs }: Refill, missing: number): number {
  if (endsInMs !== undefined) return Math.max(1, Math.ceil(endsInMs));
  return Math.max(1, Math.floor((missing * windowMs) / limit));
}

/** The x-ratelimit-* headers of an account that lacks this, and nothing else. */
export function shortageHeaders(request: ApiRequest, { kind, limit, used, tier }: PublishedShortage): Header[] {
  const idle = idleBuckets(request, publishedLimits(limitedModel(request), tier));
  const empty: Bucket = { limit, used, windowMs: windowOf(kind) };
  return kind === 'tokens' || kind === 'tokens_per_day'
    ? bucketHeaders(request, { ...idle, tokens: empty })
    : bucketHeaders(request, { ...idle, requests: empty });
}

type Offer = Pick<PublishedShortage, 'tier' | 'limit'>;

/** The token limit of a tier. Per day each tier is taken to have ten times the one below; from tier 4 a token is under 1 ms. */
function offerOf(request: ApiRequest, kind: LimitKind, tier: (typeof TIERS)[number]): Offer {
  const limit = kind === 'tokens' ? publishedLimits(limitedModel(request), tier).tpm : DAILY_TOKENS * 10 ** (tier - 1);
  return { tier, limit };
}

type Refill = Omit<Bucket, 'used'>;

/** The fewest tokens that take at least the wait to flow back. */
function missingTokens({ limit, windowMs }: Refill, waitMs: number): number {
  return Math.ceil((waitMs * limit) / windowMs);
}

function resolves(refill: Refill, waitMs: number): boolean {
  const missing = missingTokens(refill, waitMs);
  return missing <= refill.limit && Math.floor((missing * refill.windowMs) / refill.limit) === waitMs;
}

/** The limit at which one request flows back in the time nearest to the wait. */
function nearestRequests(windowMs: number, waitMs: number): number {
  const limit = Math.max(1, Math.floor(windowMs / waitMs));
  const error = (candidate: number) => Math.abs(Math.floor(windowMs / candidate) - waitMs);
  return error(limit + 1) < error(limit) ? limit + 1 : limit;
}
