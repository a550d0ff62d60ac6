import { z } from 'zod';
import type { LimitSpec } from '../limits/limit-spec.ts';
import type { Tier } from '../openai/rate-limits/rate-limit-table.ts';
import { record, scalar, unknownName, whole } from '../schema/fields.ts';

const NAMES = ['tier-1', 'tier-2', 'tier-3', 'tier-4', 'tier-5', 'free'] as const;

const TIERS: Readonly<Record<(typeof NAMES)[number], Tier>> = {
  'tier-1': 1,
  'tier-2': 2,
  'tier-3': 3,
  'tier-4': 4,
  'tier-5': 5,
  free: 'free',
};

const tier = z.enum(NAMES, {
  error: ({ input }) => (typeof input === 'string' ? unknownName('tier', input, NAMES) : undefined),
});

const precount = scalar<2025 | 'documented', 2025 | 'documented'>(
  '2025 or documented',
  (value) => (value === 2025 || value === '2025' ? 2025 : value === 'documented' ? value : undefined),
  { enum: [2025, 'documented'] },
);

const hints = record({
  retry_after: z.enum(['seconds', 'date', 'none']).default('seconds'),
  retry_after_ms: z.boolean().optional().describe('default: false, to requests to Azure true'),
  should_retry: z.boolean().default(false),
});

const entry = record({
  tier: tier.optional().describe('the published limits; those given here go before them'),
  rpm: whole(1).optional().describe('requests per minute'),
  tpm: whole(1).optional().describe('tokens per minute'),
  rpd: whole(1).optional().describe('requests per day'),
  tpd: whole(1).optional().describe('tokens per day'),
  precount: precount.default(2025).describe('what a request draws: documented counts max_tokens too'),
  failed_requests_count: z.boolean().default(false).describe('refused requests draw too'),
  refund_unused: z.boolean().default(false).describe('what an answer did not use flows back'),
  project_tokens: z.boolean().default(false).describe('answers carry x-ratelimit-*-project-tokens'),
  hints: hints.prefault({}).describe('how a 429 says when to come back'),
});

/** The limits of one model: a preset by name, or numbers and options. */
const limitSchema = z.union([tier.transform((name) => ({ ...entry.parse({}), tier: name })), entry]).transform(
  (given): LimitSpec => ({
    tier: given.tier === undefined ? undefined : TIERS[given.tier],
    given: {
      ...(given.rpm === undefined ? {} : { requests: given.rpm }),
      ...(given.tpm === undefined ? {} : { tokens: given.tpm }),
      ...(given.rpd === undefined ? {} : { requests_per_day: given.rpd }),
      ...(given.tpd === undefined ? {} : { tokens_per_day: given.tpd }),
    },
    options: {
      precount: given.precount,
      failedRequestsCount: given.failed_requests_count,
      refundUnused: given.refund_unused,
      projectTokens: given.project_tokens,
      hints: {
        retryAfter: given.hints.retry_after,
        retryAfterMs: given.hints.retry_after_ms,
        shouldRetry: given.hints.should_retry,
      },
    },
  }),
);

/** Model pattern → limits; the first that fits a model counts. */
export const limitsSchema = z.record(z.string(), limitSchema);

/** An entry needs at least one of these keys. */
export const LIMIT_KEYS = ['tier', 'rpm', 'tpm', 'rpd', 'tpd'];
