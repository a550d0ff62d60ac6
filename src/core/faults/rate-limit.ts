import { z } from 'zod';
import { record } from '../field.ts';
import { rateLimited } from '../openai/errors.ts';
import { limitedModel } from '../openai/rate-limit.ts';
import { limitKinds, shortageHeaders, shortageOf } from '../openai/rate-limit-shortage.ts';
import { defineErrorFault } from './error-fault.ts';
import { askedWaitMs, errorShape } from './error-params.ts';

const DEFAULT_WAIT_MS = 1_000;

/**
 * A bucket of the account is empty. Text, numbers, x-ratelimit-* and Retry-After tell one story: that of the wait in
 * `retry_after`, else in `retry_after_ms`, else of one second. A raw `retry_after` changes its header alone.
 */
export const rateLimit = defineErrorFault({
  name: 'rate_limit',
  summary: 'the rate limit is reached',
  status: 429,
  layer: 'api',
  source: 'wire.md 1.4, "TPM", "RPM", "RPD" and "TPD"',
  params: record({
    ...errorShape,
    limit: z.enum(limitKinds).default('requests').describe('which limit is reached'),
  }).prefault({}),
  error(params, { request, identity }) {
    const shortage = shortageOf(request, params.limit, askedWaitMs(params) ?? DEFAULT_WAIT_MS);
    const seconds = Math.ceil(shortage.waitMs / 1_000);
    return {
      ...rateLimited(shortage, {
        model: limitedModel(request),
        organizationId: identity.organizationId,
      }),
      extra: [['retry-after', String(seconds)], ...shortageHeaders(request, shortage)],
    };
  },
});
