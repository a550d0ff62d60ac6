/** What a rate limit counts, and over which window. */
export const limitKinds = ['requests', 'tokens', 'requests_per_day', 'tokens_per_day'] as const;

export type LimitKind = (typeof limitKinds)[number];

/** Milliseconds in which a per-minute bucket refills. */
export const MINUTE_MS = 60_000;
/** Milliseconds in which a per-day bucket refills. */
export const DAY_MS = 86_400_000;

/** Milliseconds in which a bucket of this kind refills. */
export function windowOf(kind: LimitKind): number {
  return kind === 'requests' || kind === 'tokens' ? MINUTE_MS : DAY_MS;
}

/** The state of one bucket, in requests or tokens; `used` may be a fraction, for buckets refill continuously. */
export interface Bucket {
  readonly limit: number;
  readonly used: number;
  readonly windowMs: number;
  /** Milliseconds until all that was used is back at once. Undefined for a bucket that refills continuously. */
  readonly endsInMs?: number;
}

/** What the bucket has left, a whole number. */
export function remainingIn({ limit, used }: Bucket): number {
  return Math.max(0, Math.floor(limit - used));
}

/** Milliseconds until the bucket is full (wire.md 2.4). Of one that is full at once, whole ones, rounded up: then it is. */
export function fullInMs({ limit, used, windowMs, endsInMs }: Bucket): number {
  if (endsInMs !== undefined) return used > 0 ? Math.ceil(endsInMs) : 0;
  return (used * windowMs) / limit;
}

/** How a 429 says when to come back. */
export interface RetryHints {
  /** `Retry-After` in whole seconds, as an HTTP-date, or not at all. */
  readonly retryAfter: 'seconds' | 'date' | 'none';
  /** Adds `retry-after-ms`. */
  readonly retryAfterMs: boolean;
  /** Adds `x-should-retry`. */
  readonly shouldRetry: boolean;
}

/** The limits of one key and model family, with the buckets as this request leaves them. */
export interface RateLimitAccount {
  readonly buckets: { readonly [K in LimitKind]?: Bucket };
  /** Tokens that this request asks of its buckets. */
  readonly asked: number;
  /** Answers carry x-ratelimit-*-project-tokens too. */
  readonly projectTokens: boolean;
  readonly hints: RetryHints;
  /** An account that has never paid: its 429 says how to get a higher limit (wire.md 1.4, "free/unpaid accounts"). */
  readonly free: boolean;
}
