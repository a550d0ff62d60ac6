import { expect, test } from 'vitest';
import { rateLimitHeaders as openaiHeaders } from '../../../../src/core/openai/dialects/openai/rate-limit-headers.ts';
import {
  idleBuckets,
  limitedModel,
  precountTokens,
  publishedLimits,
  rateLimitHeaders,
} from '../../../../src/core/openai/rate-limits/rate-limit-headers.ts';
import { type Bucket, DAY_MS, MINUTE_MS } from '../../../../src/core/openai/request/rate-limit-account.ts';
import { apiRequest, replyContext } from '../../../support/reply-context.ts';
import { requestVectors, tokenVectors } from '../../../support/reset-vectors.ts';

const shown = (requests: Bucket, tokens: Bucket) => openaiHeaders({ requests, tokens, projectTokens: false });

const FULL: Bucket = { limit: 1, used: 0, windowMs: MINUTE_MS };

const chat = (model: string, ...contents: readonly unknown[]) =>
  apiRequest({
    body: {
      model,
      messages: contents.map((content) => ({ role: 'user', content })),
    },
  });

test.each(requestVectors)('a bucket of $limit with $used used resets in $reset', ({ remaining, reset, ...bucket }) => {
  const headers = new Map(shown(bucket, FULL));
  expect(headers.get('x-ratelimit-remaining-requests')).toBe(remaining);
  expect(headers.get('x-ratelimit-reset-requests')).toBe(reset);
});

test.each(tokenVectors)('a token bucket of $limit with $used used resets in $reset', ({ remaining, reset, ...bucket }) => {
  const headers = new Map(shown(FULL, bucket));
  expect(headers.get('x-ratelimit-remaining-tokens')).toBe(remaining);
  expect(headers.get('x-ratelimit-reset-tokens')).toBe(reset);
});

test('a healthy account shows the limits of tier 5, less this request', () => {
  expect(rateLimitHeaders(replyContext())).toEqual([
    ['x-ratelimit-limit-requests', '10000'],
    ['x-ratelimit-limit-tokens', '30000000'],
    ['x-ratelimit-remaining-requests', '9999'],
    ['x-ratelimit-remaining-tokens', '29999996'],
    ['x-ratelimit-reset-requests', '6ms'],
    ['x-ratelimit-reset-tokens', '0s'],
  ]);
});

test('a daily limit hides the one per minute', () => {
  const { requests } = idleBuckets(apiRequest(), publishedLimits('gpt-4o-mini', 1));
  expect(requests).toEqual({ limit: 10_000, used: 1, windowMs: DAY_MS });
});

test('a request takes no more than the bucket has', () => {
  const { tokens } = idleBuckets(chat('gpt-4', 'x'.repeat(100_000)), publishedLimits('gpt-4', 1));
  expect(tokens.used).toBe(10_000);
});

test.each([
  ['gpt-4o', { rpm: 10_000, tpm: 30_000_000 }],
  ['gpt-4o-2024-08-06', { rpm: 10_000, tpm: 30_000_000 }],
  ['gpt-4o-mini-2024-07-18', { rpm: 30_000, tpm: 150_000_000 }],
  ['gpt-4', { rpm: 10_000, tpm: 1_000_000 }],
  ['gpt-4-0613', { rpm: 10_000, tpm: 1_000_000 }],
  ['gpt-4-turbo-2024-04-09', { rpm: 10_000, tpm: 2_000_000 }],
  ['gpt-5.6-sol', { rpm: 15_000, tpm: 40_000_000 }],
  ['gpt-5-nano', { rpm: 30_000, tpm: 180_000_000 }],
  ['gpt-45', { rpm: 10_000, tpm: 30_000_000 }],
  ['', { rpm: 10_000, tpm: 30_000_000 }],
  ['-', { rpm: 10_000, tpm: 30_000_000 }],
])('the model %j has its published limits', (model, limits) => {
  expect(publishedLimits(model)).toEqual(limits);
});

test('a free account has free limits, of gpt-4.1 where it has no access', () => {
  expect(publishedLimits('gpt-4o-mini-2024-07-18', 'free')).toEqual({ rpm: 3, rpd: 200, tpm: 40_000 });
  expect(publishedLimits('gpt-4o', 'free')).toEqual({ rpm: 3, rpd: 200, tpm: 10_000 });
  expect(publishedLimits('gpt-4-turbo', 'free')).toEqual(publishedLimits('gpt-4.1', 'free'));
});

test('lower tiers have less', () => {
  expect(publishedLimits('gpt-4o', 1)).toEqual({ rpm: 500, tpm: 30_000 });
  expect(publishedLimits('gpt-3.5-turbo-0125', 1)).toEqual({
    rpm: 3_500,
    rpd: 10_000,
    tpm: 200_000,
  });
});

test.each([
  [chat('gpt-4o', 'Hello'), 4],
  [chat('gpt-4o', 'abc', 'defgh'), 6],
  [
    chat('gpt-4o', [
      { type: 'text', text: 'abcdefgh' },
      { type: 'image_url', image_url: {} },
    ]),
    5,
  ],
  [chat('gpt-4o', null), 3],
  [apiRequest({ body: { model: 'gpt-4o', messages: 'no list' } }), 2],
  [apiRequest({ body: 7 }), 2],
])('tokens are counted from characters and messages: %#', (request, tokens) => {
  expect(precountTokens(request)).toBe(tokens);
});

test('max_tokens is not counted', () => {
  const body = {
    model: 'gpt-4o',
    messages: [{ role: 'user', content: 'Hello' }],
    max_tokens: 4_000,
  };
  expect(precountTokens(apiRequest({ body }))).toBe(4);
});

test('a request without a model has the limits of the fallback', () => {
  expect(limitedModel(apiRequest({ body: {} }))).toBe('gpt-4o');
  expect(limitedModel(apiRequest({ method: 'GET', path: '/v1/models/o3' }))).toBe('o3');
});
