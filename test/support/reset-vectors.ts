import { DAY_MS, MINUTE_MS } from '../../src/core/openai/request/rate-limit-account.ts';

/** Of free accounts: the text says per minute (wire.md 1.4). */
const THIRTY_DAYS_MS = 30 * DAY_MS;

/** One bucket as it was seen on the wire. */
export interface ResetVector {
  readonly limit: number;
  /** Reckoned back from `reset`. */
  readonly used: number;
  readonly windowMs: number;
  readonly remaining: string;
  readonly reset: string;
}

const vector = (limit: number, used: number, windowMs: number, remaining: string, reset: string): ResetVector => ({
  limit,
  used,
  windowMs,
  remaining,
  reset,
});

/** Real x-ratelimit-*-requests (wire.md 2.4). */
export const requestVectors: readonly ResetVector[] = [
  vector(500, 1, MINUTE_MS, '499', '120ms'),
  vector(3_000, 1, MINUTE_MS, '2999', '20ms'),
  vector(3_500, 1, MINUTE_MS, '3499', '17ms'),
  vector(5_000, 1, MINUTE_MS, '4999', '12ms'),
  vector(10_000, 1, MINUTE_MS, '9999', '6ms'),
  vector(10_000, 1, DAY_MS, '9999', '8.64s'),
  vector(15_000, 1, MINUTE_MS, '14999', '4ms'),
  vector(30_000, 1, MINUTE_MS, '29999', '2ms'),
  vector(50, 1, MINUTE_MS, '49', '1.2s'),
  vector(200, 1, DAY_MS, '199', '7m12s'),
  vector(200, 2.89969, DAY_MS, '197', '20m52.666s'),
  vector(10_000, 3.72651, DAY_MS, '9996', '32.197s'),
  vector(10_000, 475.20198, DAY_MS, '9524', '1h8m25.745s'),
];

/** Real x-ratelimit-*-tokens (wire.md 2.4). */
export const tokenVectors: readonly ResetVector[] = [
  vector(40_000, 788, MINUTE_MS, '39212', '1.182s'),
  vector(30_000, 4, MINUTE_MS, '29996', '8ms'),
  vector(150_000_000, 28, MINUTE_MS, '149999972', '0s'),
  vector(40_000_000, 1_814, MINUTE_MS, '39998186', '2ms'),
  vector(100_000, 74.44234, THIRTY_DAYS_MS, '99925', '32m9.545s'),
  vector(100_000, 11_552.43277, THIRTY_DAYS_MS, '88447', '83h10m39.057s'),
];
