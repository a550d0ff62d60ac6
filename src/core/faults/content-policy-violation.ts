import { contentPolicyViolation as answer } from '../openai/errors.ts';
import { rateLimitHeaders } from '../openai/rate-limit.ts';
import { definePlainErrorFault } from './error-fault.ts';

/** The prompt is blocked after admission: the answer has drawn from the rate limit and shows it. */
export const contentPolicyViolation = definePlainErrorFault({
  name: 'content_policy_violation',
  summary: 'the prompt is flagged as violating the usage policy',
  status: 400,
  layer: 'api',
  source: 'wire.md 400-26',
  error: (_params, context) => ({
    ...answer(),
    extra: rateLimitHeaders(context),
  }),
});
