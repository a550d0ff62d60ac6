/** What a healthy account may use: requests and tokens per minute, and per day where OpenAI sets that too. */
export interface PublishedLimits {
  readonly rpm: number;
  readonly tpm: number;
  readonly rpd?: number;
}

/** Usage tier of an account, by what it has paid. */
export type Tier = 1 | 2 | 3 | 4 | 5;

type Row = {
  /** Ids; a row also holds for the ids that go on with `-…`, unless another row is nearer. */
  readonly models: readonly string[];
} & Readonly<Record<Tier, PublishedLimits>>;

const rows: readonly Row[] = [
  {
    models: ['gpt-3.5-turbo'],
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
    models: ['gpt-4o', 'gpt-4.1'],
    1: { rpm: 500, tpm: 30_000 },
    2: { rpm: 5_000, tpm: 450_000 },
    3: { rpm: 5_000, tpm: 800_000 },
    4: { rpm: 10_000, tpm: 2_000_000 },
    5: { rpm: 10_000, tpm: 30_000_000 },
  },
  {
    models: ['gpt-4o-mini', 'gpt-4.1-mini', 'gpt-4.1-nano'],
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
];

/**
 * Published and observed limits (wire.md 6). Of tier 5 and of several lower cells the pair was seen in real headers; the
 * rest is the long-published ladder.
 */
export const rateLimitTable = {
  as_of: '2026-11-21',
  /** The row of a model that no row names. */
  fallback: 'gpt-4o',
  rows,
} as const;
