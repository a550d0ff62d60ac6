import type { Bucket } from '../openai/rate-limit-account.ts';

/*
 * The continuous token bucket of wire.md 2.4: what is drawn flows back at limit / window. Amounts in requests or tokens,
 * times in milliseconds.
 */

/** Floating-point noise in an amount. It is never stored: a slow bucket gains less in a millisecond. */
const NOISE = 1e-6;

/** The bucket after it was left alone for so long. */
export function refilled(bucket: Bucket, elapsedMs: number): Bucket {
  return { ...bucket, used: Math.max(0, bucket.used - (elapsedMs * bucket.limit) / bucket.windowMs) };
}

/** The bucket as it is shown: without noise. */
export function settled(bucket: Bucket): Bucket {
  const whole = Math.round(bucket.used);
  return Math.abs(bucket.used - whole) < NOISE ? { ...bucket, used: whole } : bucket;
}

/**
 * Whether the bucket can serve the amount. A 429 tells its wait in whole milliseconds, the fraction cut off; so a bucket
 * that has been refilling gives what the next millisecond brings, and whoever waited as told is served.
 */
export function serves({ limit, used, windowMs }: Bucket, amount: number, elapsedMs: number): boolean {
  const grace = (Math.min(1, elapsedMs) * limit) / windowMs;
  return used + amount <= limit + grace + NOISE;
}

/** The bucket with the amount drawn; never overdrawn. */
export function drawn(bucket: Bucket, amount: number): Bucket {
  return { ...bucket, used: Math.min(bucket.limit, bucket.used + amount) };
}

/** The amount with which the bucket says it is drawn on: `limit − remaining`, a whole number. */
export function usedAsTold({ used }: Bucket): number {
  return Math.ceil(used);
}

/** How long a 429 tells to wait for the amount: whole milliseconds, at least 1 (wire.md 1.4, "429 arithmetic"). */
export function waitAsTold(bucket: Bucket, amount: number): number {
  const missing = usedAsTold(bucket) + amount - bucket.limit;
  return Math.max(1, Math.floor((missing * bucket.windowMs) / bucket.limit));
}
