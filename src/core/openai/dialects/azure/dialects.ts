import { SPECIFIED_HINTS } from '../../rate-limits/retry-hints.ts';
import type { Dialect } from '../dialect.ts';
import { bringsToken, bringsWebToken, credential, credentialField } from './credential.ts';
import { classicHeaders, v1Headers } from './headers.ts';
import { modelBehind } from './model-behind.ts';
import { classicRateLimitHeaders, v1RateLimitHeaders } from './rate-limit-headers.ts';
import { refusal } from './refusal.ts';
import { dashed } from './uuid.ts';

const SHARED = {
  name: 'azure',
  credentialField,
  credential,
  /** Of errors that pass through: as OpenAI's. */
  envelope: (error) => ({ error }),
  hints: { ...SPECIFIED_HINTS, retryAfterMs: true },
  requestId: (drawn) => dashed(drawn.slice(drawn.indexOf('_') + 1)),
  modelBehind,
  refusal,
} as const satisfies Partial<Dialect>;

/** `/openai/deployments/{deployment}/…?api-version=…`. */
export const azureClassic: Dialect = {
  ...SHARED,
  id: 'azure classic',
  bringsToken,
  headers: classicHeaders,
  rateLimitHeaders: classicRateLimitHeaders,
};

/** `/openai/v1/…`. */
export const azureV1: Dialect = {
  ...SHARED,
  id: 'azure v1',
  bringsToken: bringsWebToken,
  headers: v1Headers,
  rateLimitHeaders: v1RateLimitHeaders,
};
