import { z } from 'zod';
import { rateLimited } from '../openai/errors/errors.ts';
import { accountHeaders, limitedModel } from '../openai/rate-limits/rate-limit-headers.ts';
import {
  emptied,
  type PublishedShortage,
  type Shortage,
  shortageHeaders,
  shortageOf,
} from '../openai/rate-limits/rate-limit-shortage.ts';
import { retryHintHeaders, SPECIFIED_HINTS } from '../openai/rate-limits/retry-hints.ts';
import { type LimitKind, limitKinds, windowOf } from '../openai/request/rate-limit-account.ts';
import type { ReplyContext } from '../openai/request/reply-context.ts';
import { record } from '../schema/fields.ts';
import type { Header } from '../wire/effect.ts';
import { defineErrorFault } from './error-fault.ts';
import { askedWaitMs, errorShape } from './error-params.ts';

const DEFAULT_WAIT_MS = 1_000;

/**
 * A bucket of the account is empty. The text's wait always follows from its numbers, and x-ratelimit-* tell the same.
 *
 * Where the scenario limits the model in this way, the numbers are those of its bucket with nothing left in it, and the hints
 * and the other buckets those of the account: `retry_after` and `retry_after_ms` change the headers of that name alone, which
 * may then ask for another wait than the text. Where it does not, the numbers are made for the wait in `retry_after`, else in
 * `retry_after_ms`, else for one second. A wait that no numbers cause (`rate-limit-shortage.ts`) is in the headers alone too:
 * of 90 s on requests per minute the text says 1m0s. So is a raw `retry_after` that is no number of seconds.
 */
export const rateLimit = defineErrorFault({
  name: 'rate_limit',
  summary: 'the rate limit is reached',
  status: 429,
  layer: 'api',
  refusesByLimit: true,
  errorCodes: ['rate_limit_exceeded', 'requests', 'tokens'],
  source:
    'https://github.com/continuedev/continue/issues/10502 (tokens), https://github.com/openai/openai-agents-js/issues/1022 (requests a day)',
  params: record({
    ...errorShape,
    limit: z.enum(limitKinds).default('requests').describe('which limit is reached'),
    scope: z.enum(['organization', 'project']).default('organization').describe('whose limit it is'),
  }).prefault({}),
  error(params, context) {
    const { request, identity, account, clock } = context;
    const askedMs = askedWaitMs(params);
    const shortage = shortageTold(params.limit, askedMs, context);
    const limited = {
      model: limitedModel(request),
      organizationId: identity.organizationId,
      project: params.scope === 'project' ? identity.project : undefined,
      free: account?.free ?? false,
    };
    // A hint that is no wait is the only one.
    const usual = askedMs === undefined && params.retry_after !== undefined ? SPECIFIED_HINTS : request.dialect.hints;
    const waitMs = askedMs ?? shortage.waitMs;
    const hints = retryHintHeaders(account?.hints ?? usual, waitMs, clock.wall());
    const limit = { kind: params.limit, waitMs, promisesNoWait: params.retry_after_ms === '0' };
    return { ...rateLimited(shortage, limited), limit, extra: [...hints, ...headersTold(shortage, context)] };
  },
});

/** The numbers, with the tier where they are not those of the account. */
function shortageTold(kind: LimitKind, askedMs: number | undefined, { request, account }: ReplyContext): Told {
  const bucket = account?.buckets[kind];
  if (account === undefined || bucket === undefined) return shortageOf(request, kind, askedMs ?? DEFAULT_WAIT_MS);
  return emptied(bucket, kind, kind === 'requests' || kind === 'requests_per_day' ? 1 : account.asked);
}

type Told = Shortage & Partial<Pick<PublishedShortage, 'tier'>>;

function headersTold({ tier = 1, ...shortage }: Told, { request, account }: ReplyContext): Header[] {
  if (account === undefined) return shortageHeaders(request, { ...shortage, tier });
  const { kind, limit, used } = shortage;
  const empty = { ...(account.buckets[kind] ?? { windowMs: windowOf(kind) }), limit, used };
  const buckets = { ...account.buckets, [kind]: empty };
  return accountHeaders({ ...account, buckets }, request, kind);
}
