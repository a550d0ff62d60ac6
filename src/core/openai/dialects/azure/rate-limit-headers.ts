import type { Header } from '../../../wire/effect.ts';
import { type Bucket, fullInMs, MINUTE_MS, remainingIn } from '../../request/rate-limit-account.ts';
import type { ShownBuckets } from '../dialect.ts';
import { headerValue } from './header-value.ts';

/** The classic surface tells the time until a bucket is full in whole milliseconds (wire-responses.md 8.3). */
export function classicRateLimitHeaders({ requests, tokens }: ShownBuckets): Header[] {
  return [
    ['x-ratelimit-limit-requests', String(requests.limit)],
    ['x-ratelimit-limit-tokens', String(tokens.limit)],
    ['x-ratelimit-remaining-requests', String(remainingIn(requests))],
    ['x-ratelimit-remaining-tokens', String(remainingIn(tokens))],
    ['x-ratelimit-reset-requests', String(Math.floor(fullInMs(requests)))],
    ['x-ratelimit-reset-tokens', String(Math.floor(fullInMs(tokens)))],
  ];
}

/** The v1 surface tells it in whole seconds, rounded down (wire-responses.md 8.3). */
export function v1RateLimitHeaders({ requests, tokens }: ShownBuckets, model: string): Header[] {
  return [
    ['x-ratelimit-key', headerValue(model)],
    ['x-ratelimit-remaining-requests', String(remainingIn(requests))],
    ['x-ratelimit-reset-requests', String(Math.floor(fullInMs(requests) / 1_000))],
    ['x-ratelimit-limit-requests', String(requests.limit)],
    ['x-ratelimit-renewalperiod-requests', renewalOf(requests)],
    ['x-ratelimit-abusepenalty-active', 'False'],
    ['x-ratelimit-remaining-tokens', String(remainingIn(tokens))],
    ['x-ratelimit-reset-tokens', String(Math.floor(fullInMs(tokens) / 1_000))],
    ['x-ratelimit-limit-tokens', String(tokens.limit)],
    ['x-ratelimit-renewalperiod-tokens', renewalOf(tokens)],
  ];
}

function renewalOf({ windowMs }: Bucket): string {
  return String((windowMs || MINUTE_MS) / 1_000);
}
