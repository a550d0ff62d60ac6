import type { Bucket } from '../openai/request/rate-limit-account.ts';

/*
 * The continuous token bucket of wire.md 2.4: what is drawn flows back at limit / window. Amounts in requests or tokens,
 * times in milliseconds.
 */

/** Floating-point noise in an amount. It is never stored: a slow bucket gains less in a millisecond. */
const NOISE = 1e-6;

/** The bucket after it was left alone for so long. */
export function refilled({ limit, used, windowMs }: Bucket, elapsedMs: number): Bucket {
  return { limit, used: Math.max(0, used - (elapsedMs * limit) / windowMs), windowMs };
}

/** The bucket as it is shown: without noise. */
export function settled(bucket: Bucket): Bucket {
  const whole = Math.round(bucket.used);
  return Math.abs(bucket.used - whole) < NOISE ? { limit: bucket.limit, used: whole, windowMs: bucket.windowMs } : bucket;
}

/**
 * Whether the bucket can serve the amount. A 429 tells its wait in whole milliseconds, the fraction cut off; so a bucket
 * that has been refilling for `elapsedMs` gives what flows back within the millisecond that has begun. A client that waited
 * as told is served.
 */
export function serves({ limit, used, windowMs }: Bucket, amount: number, elapsedMs: number): boolean {
  const missing = used + amount - limit;
  return missing <= NOISE || missing < (Math.min(1, elapsedMs) * limit) / windowMs;
}

/** The bucket with the amount drawn; never overdrawn. */
export function drawn({ limit, used, windowMs }: Bucket, amount: number): Bucket {
  return { limit, used: Math.min(limit, used + amount), windowMs };
}

/** The amount with which the bucket says it is drawn on: `limit − remaining`, a whole number. */
export function advertisedUse({ used }: Bucket): number {
  return Math.ceil(used);
}

/** How long a 429 tells to wait for the amount: whole milliseconds, at least 1 (wire.md 1.4, "429 arithmetic"). */
export function advertisedWaitMs(bucket: Bucket, amount: number): number {
  const missing = advertisedUse(bucket) + amount - bucket.limit;
  return Math.max(1, Math.floor((missing * bucket.windowMs) / bucket.limit));
}
