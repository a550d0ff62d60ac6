import { z } from 'zod';
import { record } from '../field.ts';
import type { ReplyContext } from '../openai/context.ts';
import { rateLimited } from '../openai/errors.ts';
import { accountHeaders, limitedModel, precountTokens } from '../openai/rate-limit.ts';
import { type LimitKind, limitKinds } from '../openai/rate-limit-account.ts';
import { type Shortage, shortageHeaders, shortageIn, shortageOf } from '../openai/rate-limit-shortage.ts';
import { retryHintHeaders, SPECIFIED_HINTS } from '../openai/retry-hints.ts';
import type { Header } from '../reply/effect.ts';
import { defineErrorFault } from './error-fault.ts';
import { askedWaitMs, errorShape } from './error-params.ts';

const DEFAULT_WAIT_MS = 1_000;

/**
 * A bucket of the account is empty. Text, numbers, x-ratelimit-* and Retry-After tell one story: that of the wait in
 * `retry_after`, else in `retry_after_ms`, else of one second. A raw `retry_after` changes its header alone.
 * Where the scenario limits the model, the limit, the hints and the other buckets are those of the account.
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
  error(params, context) {
    const { request, identity, account, clock } = context;
    const { shortage, headers } = told(params.limit, askedWaitMs(params), context);
    const limited = { model: limitedModel(request), organizationId: identity.organizationId, free: account?.free ?? false };
    const hints = retryHintHeaders(account?.hints ?? SPECIFIED_HINTS, shortage.waitMs, clock.wall());
    return { ...rateLimited(shortage, limited), extra: [...hints, ...headers] };
  },
});

function told(kind: LimitKind, askedMs: number | undefined, context: ReplyContext): { shortage: Shortage; headers: Header[] } {
  const { request, account } = context;
  const bucket = account?.buckets[kind];
  if (account === undefined || bucket === undefined) {
    const shortage = shortageOf(request, kind, askedMs ?? DEFAULT_WAIT_MS);
    return { shortage, headers: shortageHeaders(request, shortage) };
  }
  const shortage = shortageIn(bucket, kind, { tokens: precountTokens(request), askedMs });
  const buckets = { ...account.buckets, [kind]: { ...bucket, used: shortage.used } };
  return { shortage, headers: accountHeaders({ ...account, buckets }, request, kind) };
}
