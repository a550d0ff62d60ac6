import { memoize } from '../../memo/body-memo.ts';
import type { Header } from '../../wire/effect.ts';
import type { ShownBuckets } from '../dialects/dialect.ts';
import { promptOf } from '../request/prompt.ts';
import { type Bucket, DAY_MS, type LimitKind, MINUTE_MS, type RateLimitAccount } from '../request/rate-limit-account.ts';
import type { ReplyContext } from '../request/reply-context.ts';
import { type ApiRequest, fieldsOf, modelOf } from '../request/request.ts';
import { type PublishedLimits, rateLimitTable, type Tier } from './rate-limit-table.ts';

const ROWS = new Map(rateLimitTable.rows.flatMap((row) => row.models.map((model) => [model, row] as const)));

/** No name of the table is longer. */
const LONGEST_NAME = 100;

/**
 * The limits of an account for the model, by default of the highest tier, where nothing stands in the way of a healthy
 * client. Snapshots share the limits of their family; a model unknown to the table has those of gpt-4o. A model that
 * free accounts have no access to has the free limits of gpt-4.1.
 */
export function publishedLimits(model: string, tier: Tier = 5): PublishedLimits {
  for (let name = model.slice(0, LONGEST_NAME); name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('-')))) {
    const limits = ROWS.get(name)?.[tier];
    if (limits !== undefined) return limits;
  }
  return publishedLimits(tier === 'free' ? rateLimitTable.freeFallback : rateLimitTable.fallback, tier);
}

/** The model the request names; that of the table's fallback row when it names none. */
export function limitedModel(request: ApiRequest): string {
  return modelOf(request) ?? rateLimitTable.fallback;
}

/** Tokens taken from the bucket before the model runs (wire.md 2.5). `max_tokens` does not count. */
export function precountTokens(request: ApiRequest): number {
  return memoize(request.memo, 'precount', [request.endpoint], () => promptOf(request).precount(fieldsOf(request)));
}

/** The buckets of an account that this request alone has drawn from. A daily limit hides the one per minute (wire.md 2.4). */
export function idleBuckets(request: ApiRequest, { rpm, rpd, tpm }: PublishedLimits): { requests: Bucket; tokens: Bucket } {
  return {
    requests: rpd === undefined ? { limit: rpm, used: 1, windowMs: MINUTE_MS } : { limit: rpd, used: 1, windowMs: DAY_MS },
    tokens: {
      limit: tpm,
      used: Math.min(tpm, precountTokens(request)),
      windowMs: MINUTE_MS,
    },
  };
}

/** The headers of these buckets, as the service that is asked shows them. */
export function bucketHeaders(request: ApiRequest, { requests, tokens }: Pick<ShownBuckets, 'requests' | 'tokens'>): Header[] {
  return request.dialect.rateLimitHeaders({ requests, tokens, projectTokens: false }, limitedModel(request));
}

/** The x-ratelimit-* headers of the account; where nothing limits it, of a healthy one that this request alone has drawn from. */
export function rateLimitHeaders({ request, account }: ReplyContext): readonly Header[] {
  if (account !== undefined) return accountHeaders(account, request);
  return memoize(request.memo, 'idle limits', [request.endpoint], () => {
    return bucketHeaders(request, idleBuckets(request, publishedLimits(limitedModel(request))));
  });
}

/**
 * The x-ratelimit-* headers of an account. A daily bucket hides the one per minute (wire.md 2.4), unless `short` names the
 * one that refuses the request. What is not limited looks idle.
 */
export function accountHeaders({ buckets, projectTokens }: RateLimitAccount, request: ApiRequest, short?: LimitKind): Header[] {
  const idle = idleBuckets(request, publishedLimits(limitedModel(request)));
  const minuteRequests = short === 'requests' ? buckets.requests : undefined;
  const minuteTokens = short === 'tokens' ? buckets.tokens : undefined;
  const requests = minuteRequests ?? buckets.requests_per_day ?? buckets.requests ?? idle.requests;
  const tokens = minuteTokens ?? buckets.tokens_per_day ?? buckets.tokens ?? idle.tokens;
  return request.dialect.rateLimitHeaders({ requests, tokens, projectTokens }, limitedModel(request));
}
