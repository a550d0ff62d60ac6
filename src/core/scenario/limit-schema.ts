import { z } from 'zod';
import type { LimitNumbers, LimitSpec } from '../limits/limit-spec.ts';
import type { Tier } from '../openai/rate-limits/rate-limit-table.ts';
import { duration, ramp, record, scalar, unknownName, whole } from '../schema/fields.ts';

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

/** A number, or a ramp of numbers. */
const course = z.union([whole(1), ramp(whole(1))]);

const numbers = {
  tier: tier.optional().describe('the published limits; those given here go before them'),
  rpm: course.optional().describe('requests per minute'),
  tpm: course.optional().describe('tokens per minute'),
  rpd: course.optional().describe('requests per day'),
  tpd: course.optional().describe('tokens per day'),
  in_flight: course.optional().describe('requests that are served at the same time'),
};

const numbersEntry = record(numbers);

const entry = record({
  ...numbers,
  window: z
    .enum(['continuous', 'fixed'])
    .default('continuous')
    .describe('fixed: buckets are full again at once, each 60 s (24 h) from the start of the clock'),
  precount: precount.default(2025).describe('what a request draws: documented counts max_tokens too'),
  failed_requests_count: z.boolean().default(false).describe('refused requests draw too'),
  refund_unused: z.boolean().default(false).describe('what an answer did not use flows back'),
  project_tokens: z.boolean().default(false).describe('answers carry x-ratelimit-*-project-tokens'),
  hints: hints.prefault({}).describe('how a 429 says when to come back'),
});

function numbersOf({ tier: name, rpm, tpm, rpd, tpd, in_flight: inFlight }: z.output<typeof numbersEntry>): LimitNumbers {
  return {
    tier: name === undefined ? undefined : TIERS[name],
    given: {
      ...(rpm === undefined ? {} : { requests: rpm }),
      ...(tpm === undefined ? {} : { tokens: tpm }),
      ...(rpd === undefined ? {} : { requests_per_day: rpd }),
      ...(tpd === undefined ? {} : { tokens_per_day: tpd }),
    },
    inFlight,
  };
}

/** The limits of one model: a preset by name, or numbers and options. */
const limitSchema = z.union([tier.transform((name) => ({ ...entry.parse({}), tier: name })), entry]).transform(
  (given): LimitSpec => ({
    ...numbersOf(given),
    options: {
      precount: given.precount,
      failedRequestsCount: given.failed_requests_count,
      refundUnused: given.refund_unused,
      projectTokens: given.project_tokens,
      window: given.window,
      hints: {
        retryAfter: given.hints.retry_after,
        retryAfterMs: given.hints.retry_after_ms,
        shouldRetry: given.hints.should_retry,
      },
    },
  }),
);

/** What an entry becomes: a preset by name, or numbers. */
const newNumbers = z.union([tier.transform((name) => numbersOf({ tier: name })), numbersEntry.transform(numbersOf)]);

const byModel = <T extends z.ZodType>(value: T) => z.record(z.string(), value);

const changeKeys = {
  keys: byModel(byModel(newNumbers)).optional().describe('key pattern → model pattern → what its limits become'),
};

/** Model pattern → what its limits become. What was used stays used. */
export const limitChangeSchema = z
  .object(changeKeys)
  .catchall(newNumbers)
  .transform(({ keys = {}, ...models }) => ({ models: models as Readonly<Record<string, LimitNumbers>>, keys }));

const timedChange = z
  .object({ at: duration().describe('on the clock of the session'), ...changeKeys })
  .catchall(newNumbers)
  .transform(({ at, keys = {}, ...models }) => ({ atMs: at, models: models as Readonly<Record<string, LimitNumbers>>, keys }));

const limits = z
  .object({
    keys: byModel(byModel(limitSchema)).optional().describe('key pattern → model pattern → limits: before those by model alone'),
    changes: z.array(timedChange).min(1).optional().describe('what limits become, and when; what was used stays used'),
  })
  .catchall(limitSchema)
  .transform(({ keys = {}, changes = [], ...models }) => ({
    models: models as Readonly<Record<string, LimitSpec>>,
    keys,
    changes: changes.toSorted((a, b) => a.atMs - b.atMs),
  }));

export type LimitsSpec = z.output<typeof limits>;
type LimitInput = z.input<typeof limitSchema>;
type NumbersInput = z.input<typeof newNumbers>;
type ByKey<T> = Readonly<Record<string, Readonly<Record<string, T>>>>;
type ChangeInput = Readonly<Record<string, string | 0 | NumbersInput | ByKey<NumbersInput>>>;
type LimitsInput = Readonly<Record<string, LimitInput | ByKey<LimitInput> | readonly ChangeInput[]>>;

/** Model pattern → limits; the first that fits a model counts. Under `keys` by key, under `changes` what becomes of them. */
export const limitsSchema = limits as unknown as z.ZodType<LimitsSpec, LimitsInput>;

export type LimitChange = z.output<typeof limitChangeSchema>;

/** An entry needs at least one of these keys. */
export const LIMIT_KEYS = ['tier', 'rpm', 'tpm', 'rpd', 'tpd', 'in_flight'];
