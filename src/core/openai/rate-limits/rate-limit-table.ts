/** What a healthy account may use: requests and tokens per minute, and per day where OpenAI sets that too. */
export interface PublishedLimits {
  readonly rpm: number;
  readonly tpm: number;
  readonly rpd?: number;
}

/** Usage tier of an account, by what it has paid; `free` for one that has not. */
export type Tier = 'free' | 1 | 2 | 3 | 4 | 5;

type Row = {
  /** Ids; a row also holds for the ids that go on with `-…`, unless another row is nearer. */
  readonly models: readonly string[];
  /** Left out where free accounts have no access. */
  readonly free?: PublishedLimits;
} & Readonly<Record<Exclude<Tier, 'free'>, PublishedLimits>>;

/** Limits that do not depend on what has been paid. */
const inEveryTier = (limits: PublishedLimits) => ({ 1: limits, 2: limits, 3: limits, 4: limits, 5: limits });

const rows: readonly Row[] = [
  {
    models: ['gpt-3.5-turbo'],
    free: { rpm: 3, rpd: 200, tpm: 40_000 },
    1: { rpm: 3_500, rpd: 10_000, tpm: 200_000 },
    2: { rpm: 3_500, tpm: 2_000_000 },
    3: { rpm: 3_500, tpm: 4_000_000 },
    4: { rpm: 10_000, tpm: 10_000_000 },
    5: { rpm: 10_000, tpm: 50_000_000 },
  },
  {
    models: ['gpt-4'],
    1: { rpm: 500, rpd: 10_000, tpm: 10_000 },
    2: { rpm: 5_000, tpm: 40_000 },
    3: { rpm: 5_000, tpm: 80_000 },
    4: { rpm: 10_000, tpm: 300_000 },
    5: { rpm: 10_000, tpm: 1_000_000 },
  },
  {
    models: ['gpt-4-turbo'],
    1: { rpm: 500, tpm: 30_000 },
    2: { rpm: 5_000, tpm: 450_000 },
    3: { rpm: 5_000, tpm: 600_000 },
    4: { rpm: 10_000, tpm: 800_000 },
    5: { rpm: 10_000, tpm: 2_000_000 },
  },
  {
    models: ['gpt-4o'],
    1: { rpm: 500, tpm: 30_000 },
    2: { rpm: 5_000, tpm: 450_000 },
    3: { rpm: 5_000, tpm: 800_000 },
    4: { rpm: 10_000, tpm: 2_000_000 },
    5: { rpm: 10_000, tpm: 30_000_000 },
  },
  {
    models: ['gpt-4.1'],
    free: { rpm: 3, rpd: 200, tpm: 10_000 },
    1: { rpm: 500, tpm: 30_000 },
    2: { rpm: 5_000, tpm: 450_000 },
    3: { rpm: 5_000, tpm: 800_000 },
    4: { rpm: 10_000, tpm: 2_000_000 },
    5: { rpm: 10_000, tpm: 30_000_000 },
  },
  {
    models: ['gpt-4o-mini', 'gpt-4.1-mini', 'gpt-4.1-nano'],
    free: { rpm: 3, rpd: 200, tpm: 40_000 },
    1: { rpm: 500, rpd: 10_000, tpm: 200_000 },
    2: { rpm: 5_000, tpm: 2_000_000 },
    3: { rpm: 5_000, tpm: 4_000_000 },
    4: { rpm: 10_000, tpm: 10_000_000 },
    5: { rpm: 30_000, tpm: 150_000_000 },
  },
  {
    models: ['gpt-5', 'gpt-5.1', 'gpt-5.2', 'gpt-5.4', 'gpt-5.5', 'gpt-5.6'],
    1: { rpm: 500, tpm: 500_000 },
    2: { rpm: 5_000, tpm: 1_000_000 },
    3: { rpm: 5_000, tpm: 2_000_000 },
    4: { rpm: 10_000, tpm: 4_000_000 },
    5: { rpm: 15_000, tpm: 40_000_000 },
  },
  {
    models: ['gpt-5-mini'],
    1: { rpm: 500, tpm: 500_000 },
    2: { rpm: 5_000, tpm: 2_000_000 },
    3: { rpm: 5_000, tpm: 4_000_000 },
    4: { rpm: 10_000, tpm: 10_000_000 },
    5: { rpm: 30_000, tpm: 180_000_000 },
  },
  {
    models: ['gpt-5-nano'],
    1: { rpm: 500, tpm: 200_000 },
    2: { rpm: 5_000, tpm: 2_000_000 },
    3: { rpm: 5_000, tpm: 4_000_000 },
    4: { rpm: 10_000, tpm: 10_000_000 },
    5: { rpm: 30_000, tpm: 180_000_000 },
  },
  {
    models: ['text-embedding-3-small', 'text-embedding-3-large'],
    1: { rpm: 3_000, tpm: 1_000_000 },
    2: { rpm: 5_000, tpm: 1_000_000 },
    3: { rpm: 5_000, tpm: 5_000_000 },
    4: { rpm: 10_000, tpm: 5_000_000 },
    5: { rpm: 10_000, tpm: 10_000_000 },
  },
  { models: ['text-embedding-ada-002'], ...inEveryTier({ rpm: 10_000, tpm: 10_000_000 }) },
  { models: ['davinci-002', 'babbage-002'], ...inEveryTier({ rpm: 3_000, tpm: 250_000 }) },
  { models: ['gpt-3.5-turbo-instruct'], ...inEveryTier({ rpm: 3_500, tpm: 90_000 }) },
];

/**
 * Published and observed limits (wire.md 6). Of tier 5 and of several lower cells the pair was seen in real headers; the
 * rest is the long-published ladder. Of the free tier the tokens of the mini and nano models are those of gpt-4o-mini.
 */
export const rateLimitTable = {
  as_of: '2026-11-21',
  /** The row of a model that no row names. */
  fallback: 'gpt-4o',
  /** The row whose free limits stand in where free accounts have no access. */
  freeFallback: 'gpt-4.1',
  rows,
} as const;
