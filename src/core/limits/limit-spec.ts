import { publishedLimits } from '../openai/rate-limits/rate-limit-headers.ts';
import type { Tier } from '../openai/rate-limits/rate-limit-table.ts';
import type { LimitKind, RetryHints } from '../openai/request/rate-limit-account.ts';

/** What one entry of `limits` says about the models it speaks of. */
export interface LimitSpec {
  /** The published account that the limits are those of, where they are not given. */
  readonly tier: Tier | undefined;
  /** Requests and tokens, per minute and per day. */
  readonly given: Capacities;
  readonly options: LimitOptions;
}

/** How a limited account behaves beyond its numbers. */
export interface LimitOptions {
  /** What a request draws: as observed since 2025, or as documented (wire.md 2.5). */
  readonly precount: Precount;
  /** Refused requests draw too. */
  readonly failedRequestsCount: boolean;
  /** What an answer did not use flows back when it is over. */
  readonly refundUnused: boolean;
  readonly projectTokens: boolean;
  /** Without `retryAfterMs`, as the service that is asked does it. */
  readonly hints: Omit<RetryHints, 'retryAfterMs'> & { readonly retryAfterMs: boolean | undefined };
}

export type Precount = 2025 | 'documented';

/** The limits that an account has, by what they count. */
export type Capacities = { readonly [K in LimitKind]?: number };

/** The limits of the entry for a model of this family. */
export function capacitiesOf({ tier, given }: LimitSpec, family: string): Capacities {
  if (tier === undefined) return given;
  const { rpm, rpd, tpm } = publishedLimits(family, tier);
  const published = { requests: rpm, tokens: tpm };
  return { ...published, ...(rpd === undefined ? {} : { requests_per_day: rpd }), ...given };
}
