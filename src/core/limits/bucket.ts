import type { Bucket } from '../openai/request/rate-limit-account.ts';

/*
 * The token bucket of wire.md 2.4: what is drawn flows back at limit / window, or at once when a fixed window ends. Amounts in
 * requests or tokens, times in milliseconds.
 */

/** Floating-point noise in an amount. It is never stored: a slow bucket gains less in a millisecond. */
const NOISE = 1e-6;

/** The bucket after it was left alone for so long. `meanLimit`: what its limit was in that time, where it has changed. */
export function refilled(bucket: Bucket, elapsedMs: number, meanLimit = bucket.limit): Bucket {
  const { limit, used, windowMs, endsInMs } = bucket;
  if (endsInMs === undefined) return { limit, used: Math.max(0, used - (elapsedMs * meanLimit) / windowMs), windowMs };
  const leftMs = endsInMs - elapsedMs;
  return leftMs > 0 ? { ...bucket, endsInMs: leftMs } : { ...bucket, used: 0, endsInMs: windowMs - (-leftMs % windowMs) };
}

/** The bucket as it is shown: without noise. */
export function settled(bucket: Bucket): Bucket {
  const whole = Math.round(bucket.used);
  return Math.abs(bucket.used - whole) < NOISE ? withUse(bucket, whole) : bucket;
}

/**
 * Whether the bucket can serve the amount. A 429 tells its wait in whole milliseconds, the fraction cut off; so a bucket
 * that has been refilling for `elapsedMs` gives what flows back within the millisecond that has begun. A client that waited
 * as told is served.
 */
export function serves({ limit, used, windowMs, endsInMs }: Bucket, amount: number, elapsedMs: number): boolean {
  const missing = used + amount - limit;
  return missing <= NOISE || (endsInMs === undefined && missing < (Math.min(1, elapsedMs) * limit) / windowMs);
}

/** The bucket with the amount drawn; never overdrawn, but where its limit has fallen. */
export function drawn(bucket: Bucket, amount: number): Bucket {
  return withUse(bucket, Math.min(Math.max(bucket.limit, bucket.used), bucket.used + amount));
}

/** Spreading costs more than all else here: only what has more than three fields is spread. */
function withUse(bucket: Bucket, used: number): Bucket {
  return bucket.endsInMs === undefined ? { limit: bucket.limit, used, windowMs: bucket.windowMs } : { ...bucket, used };
}

/** The amount with which the bucket says it is drawn on: `limit − remaining`, a whole number. */
export function advertisedUse({ used }: Bucket): number {
  return Math.ceil(used);
}

/** How long a 429 tells to wait for the amount: whole milliseconds, at least 1 (wire.md 1.4, "429 arithmetic"). */
export function advertisedWaitMs(bucket: Bucket, amount: number): number {
  if (bucket.endsInMs !== undefined) return Math.max(1, Math.ceil(bucket.endsInMs));
  const missing = advertisedUse(bucket) + amount - bucket.limit;
  return Math.max(1, Math.floor((missing * bucket.windowMs) / bucket.limit));
}
