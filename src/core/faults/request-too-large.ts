import { requestTooLarge as answer } from '../openai/errors/errors.ts';
import {
  accountHeaders,
  bucketHeaders,
  idleBuckets,
  limitedModel,
  precountTokens,
  publishedLimits,
} from '../openai/rate-limits/rate-limit-headers.ts';
import { noRetryHeaders, SPECIFIED_HINTS } from '../openai/rate-limits/retry-hints.ts';
import { MINUTE_MS } from '../openai/request/rate-limit-account.ts';
import { record, whole } from '../schema/fields.ts';
import { defineErrorFault } from './error-fault.ts';
import { errorShape } from './error-params.ts';

/**
 * The request alone asks for more tokens than the limit: no wait will cure it, and none is asked for. The limit is that
 * of the scenario, else of the model in tier 1; a request that is smaller is said to be twice the limit.
 */
export const requestTooLarge = defineErrorFault({
  name: 'request_too_large',
  summary: 'the request alone exceeds the tokens per minute',
  status: 429,
  layer: 'api',
  refusesByLimit: true,
  errorCodes: ['rate_limit_exceeded', 'tokens'],
  source: 'https://github.com/continuedev/continue/issues/10602',
  params: record({
    ...errorShape,
    limit: whole(1).optional().describe('tokens per minute'),
    requested: whole(2).optional().describe('tokens of the request'),
  })
    .refine(({ limit, requested }) => limit === undefined || requested === undefined || requested > limit, {
      path: ['requested'],
      error: 'requested must be above limit',
    })
    .prefault({}),
  error(params, { request, identity, account }) {
    const model = limitedModel(request);
    const published = publishedLimits(model, 1);
    const bucket = account?.buckets.tokens;
    const { limit, requested } = excess(params, {
      limit: bucket?.limit ?? published.tpm,
      requested: account?.asked ?? precountTokens(request),
    });
    const tokens = { limit, used: params.limit === undefined ? (bucket?.used ?? 0) : 0, windowMs: MINUTE_MS };
    const headers =
      account === undefined
        ? bucketHeaders(request, { ...idleBuckets(request, published), tokens })
        : accountHeaders({ ...account, buckets: { ...account.buckets, tokens } }, request, 'tokens');
    return {
      ...answer({ limit, requested }, { model, organizationId: identity.organizationId, free: account?.free ?? false }),
      extra: [...noRetryHeaders(account?.hints ?? SPECIFIED_HINTS), ...headers],
    };
  },
});

interface Numbers {
  readonly limit: number;
  readonly requested: number;
}

/** What is given counts; what is not is made to fit it. */
function excess(given: { [K in keyof Numbers]?: number | undefined }, actual: Numbers): Numbers {
  const limit = given.limit ?? Math.min(actual.limit, (given.requested ?? Number.POSITIVE_INFINITY) - 1);
  return {
    limit,
    requested: given.requested ?? (actual.requested > limit ? actual.requested : limit * 2),
  };
}
