import type { ErrorAnswer } from '../openai/errors/error.ts';
import { rateLimited, requestTooLarge, tooManyInFlight } from '../openai/errors/errors.ts';
import { accountHeaders, limitedModel } from '../openai/rate-limits/rate-limit-headers.ts';
import { noRetryHeaders, retryHintHeaders } from '../openai/rate-limits/retry-hints.ts';
import type { Bucket, LimitKind, RateLimitAccount } from '../openai/request/rate-limit-account.ts';
import type { ApiRequest } from '../openai/request/request.ts';
import { advertisedUse, advertisedWaitMs } from './bucket.ts';
import { type Cost, costOf, type LimitRefused } from './buckets.ts';

/** A request that its account refuses. */
export interface LimitRefusal {
  readonly request: ApiRequest;
  readonly cost: Cost;
  readonly account: RateLimitAccount;
  /** `org-…` */
  readonly organizationId: string;
  /** Milliseconds since the epoch. */
  readonly wallMs: number;
}

/** The 429 of an account (wire.md 1.4): text, x-ratelimit-* and retry hints tell of the bucket that refuses. */
export function refusalAnswer(refusal: LimitRefused, refused: LimitRefusal): ErrorAnswer {
  const { account, request, cost, organizationId, wallMs } = refused;
  const limited = { model: limitedModel(request), organizationId, free: account.free };
  if (refusal.reason === 'in_flight') {
    return { ...tooManyInFlight(refusal, limited), extra: accountHeaders(account, request) };
  }
  const { reason, kind } = refusal;
  const bucket = bucketOf(account, kind);
  const requested = costOf(cost, kind);
  const { limit } = bucket;
  const headers = accountHeaders(account, request, kind);
  if (reason === 'too_large') {
    return { ...requestTooLarge({ kind, limit, requested }, limited), extra: [...noRetryHeaders(account.hints), ...headers] };
  }
  const waitMs = advertisedWaitMs(bucket, requested);
  const hints = retryHintHeaders(account.hints, waitMs, wallMs);
  return {
    ...rateLimited({ kind, limit, used: advertisedUse(bucket), requested, waitMs }, limited),
    extra: [...hints, ...headers],
  };
}

function bucketOf({ buckets }: RateLimitAccount, kind: LimitKind): Bucket {
  const bucket = buckets[kind];
  if (bucket === undefined) throw new RangeError(`the account has no bucket of ${kind}`);
  return bucket;
}
