import { SPECIFIED_HINTS } from '../../rate-limits/retry-hints.ts';
import { dashed } from '../../wire/uuid.ts';
import type { Dialect } from '../dialect.ts';
import { azureAnswer, type Surface } from './answers.ts';
import { openaiName } from './azure-name.ts';
import { batchNames } from './batch-names.ts';
import { bringsToken, bringsWebToken, credential, credentialField } from './credential.ts';
import { azureEndpoint } from './endpoints.ts';
import { classicHeaders, v1Headers } from './headers.ts';
import { classicModels, v1Models } from './listed-models.ts';
import { modelBehind } from './model-behind.ts';
import { classicRateLimitHeaders, v1RateLimitHeaders } from './rate-limit-headers.ts';
import { refusal } from './refusal.ts';
import { responseRemarks } from './response-remarks.ts';
import { classicServing, v1Serving } from './serving-headers.ts';

const SHARED = {
  name: 'azure',
  credentialField,
  credential,
  /** Of errors that pass through: as OpenAI's. */
  envelope: (error) => ({ error }),
  hints: { ...SPECIFIED_HINTS, retryAfterMs: true },
  requestId: (drawn) => dashed(drawn.slice(drawn.indexOf('_') + 1)),
  modelBehind,
  modelId: openaiName,
  batchNames,
  refusal,
  endpoint: azureEndpoint,
  responseRemarks,
} as const satisfies Partial<Dialect>;

/** Numbers in the headers of the limits are milliseconds on one surface, seconds on the other (wire-responses.md 8.3). */
const CLASSIC: Surface = { headers: classicHeaders, resetUnitMs: 1, serving: classicServing, models: classicModels };
const V1: Surface = { headers: v1Headers, resetUnitMs: 1_000, serving: v1Serving, models: v1Models };

/** `/openai/deployments/{deployment}/…?api-version=…`. */
export const azureClassic: Dialect = {
  ...SHARED,
  id: 'azure classic',
  bringsToken,
  headers: CLASSIC.headers,
  resetUnitMs: CLASSIC.resetUnitMs,
  rateLimitHeaders: classicRateLimitHeaders,
  answer: (reply, context) => azureAnswer(reply, context, CLASSIC),
};

/** `/openai/v1/…`. */
export const azureV1: Dialect = {
  ...SHARED,
  id: 'azure v1',
  bringsToken: bringsWebToken,
  headers: V1.headers,
  resetUnitMs: V1.resetUnitMs,
  rateLimitHeaders: v1RateLimitHeaders,
  answer: (reply, context) => azureAnswer(reply, context, V1),
};
