import type { LimitOptions } from '../limits/limit-spec.ts';
import type { LimitKind } from '../openai/request/rate-limit-account.ts';
import type { PlannedLimit } from './limits.ts';

const UNITS: Readonly<Record<LimitKind, readonly [unit: string, per: string]>> = {
  requests: ['request', 'per minute'],
  tokens: ['token', 'per minute'],
  requests_per_day: ['request', 'per day'],
  tokens_per_day: ['token', 'per day'],
};

/** An entry of `limits` in one line: `gpt-4o: 500 requests per minute, 30,000 tokens per minute; refused requests count`. */
export function explainLimit({ pattern, spec: { tier, given, options } }: PlannedLimit): string {
  const published = tier === undefined ? [] : [tier === 'free' ? 'the free tier as published' : `tier ${tier} as published`];
  const numbers = Object.entries(UNITS).flatMap(([kind, [unit, per]]) => {
    const limit = given[kind as LimitKind];
    return limit === undefined ? [] : [`${limit.toLocaleString('en-US')} ${unit}${limit === 1 ? '' : 's'} ${per}`];
  });
  return [`${pattern}: ${[...published, ...numbers].join(', ')}`, ...optionsInWords(options)].join('; ');
}

function optionsInWords({ precount, failedRequestsCount, refundUnused, projectTokens, hints }: LimitOptions): string[] {
  const retryAfter = { seconds: [], date: ['Retry-After is a date'], none: ['no Retry-After'] }[hints.retryAfter];
  return [
    ...(precount === 'documented' ? ['max_tokens counts'] : []),
    ...(failedRequestsCount ? ['refused requests count'] : []),
    ...(refundUnused ? ['unused tokens flow back'] : []),
    ...(projectTokens ? ['project tokens are shown'] : []),
    ...retryAfter,
    ...(hints.retryAfterMs ? ['retry-after-ms is sent'] : []),
    ...(hints.shouldRetry ? ['x-should-retry is sent'] : []),
  ];
}
