import { formatGoDuration } from '../../../units/duration.ts';
import type { Header } from '../../../wire/effect.ts';
import { type Bucket, fullInMs, remainingIn } from '../../request/rate-limit-account.ts';
import type { ShownBuckets } from '../dialect.ts';

/** The x-ratelimit-* headers of two buckets (wire.md 2.4): `reset` is the time until the bucket is full. */
export function rateLimitHeaders({ requests, tokens, projectTokens }: ShownBuckets): Header[] {
  const headers: Header[] = [
    ['x-ratelimit-limit-requests', String(requests.limit)],
    ['x-ratelimit-limit-tokens', String(tokens.limit)],
    ['x-ratelimit-remaining-requests', String(remainingIn(requests))],
    ['x-ratelimit-remaining-tokens', String(remainingIn(tokens))],
    ['x-ratelimit-reset-requests', resetOf(requests)],
    ['x-ratelimit-reset-tokens', resetOf(tokens)],
  ];
  return projectTokens ? [...headers, ...projectTokenHeaders(tokens)] : headers;
}

/** wire.md 2.4: documented, never captured. */
function projectTokenHeaders(tokens: Bucket): Header[] {
  return [
    ['x-ratelimit-limit-project-tokens', String(tokens.limit)],
    ['x-ratelimit-remaining-project-tokens', String(remainingIn(tokens))],
    ['x-ratelimit-reset-project-tokens', resetOf(tokens)],
  ];
}

function resetOf(bucket: Bucket): string {
  return formatGoDuration(fullInMs(bucket));
}
