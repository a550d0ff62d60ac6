import { publishedLimits } from '../openai/rate-limits/rate-limit-headers.ts';
import type { Tier } from '../openai/rate-limits/rate-limit-table.ts';
import { type LimitKind, limitKinds, type RetryHints } from '../openai/request/rate-limit-account.ts';
import type { Capacity, Course, CourseChange } from './capacity-course.ts';

/** Numbers of an entry of `limits`, or what they become. */
export interface LimitNumbers {
  /** The published account that the limits are those of, where they are not given. */
  readonly tier: Tier | undefined;
  /** Requests and tokens, per minute and per day. */
  readonly given: { readonly [K in LimitKind]?: Course };
  /** Requests that are served at the same time; undefined where the number does not matter, or does not change. */
  readonly inFlight: Course | undefined;
}

/** What one entry of `limits` says about the models it speaks of. */
export interface LimitSpec extends LimitNumbers {
  readonly options: LimitOptions;
}

/** From that moment on, in milliseconds of the clock of the session, other numbers hold. */
export interface NumbersChange {
  readonly atMs: number;
  readonly numbers: LimitNumbers;
}

/** How a limited account behaves beyond its numbers. */
export interface LimitOptions {
  /** What a request draws: as observed since 2025, or as documented (wire.md 2.5). */
  readonly precount: Precount;
  /** Refused requests draw too. */
  readonly failedRequestsCount: boolean;
  /** What an answer did not use flows back when it is over. */
  readonly refundUnused: boolean;
  readonly projectTokens: boolean;
  /** Without `retryAfterMs`, as the service that is asked does it. */
  readonly hints: Omit<RetryHints, 'retryAfterMs'> & { readonly retryAfterMs: boolean | undefined };
  /** Buckets refill continuously, or all at once when a window ends: windows follow each other from the start of the clock. */
  readonly window: 'continuous' | 'fixed';
}

export type Precount = 2025 | 'documented';

/** The limits that an account has, by what they count. */
export type Capacities = { readonly [K in LimitKind]?: Capacity };

/** What an account may do over time. */
export interface AccountLimits {
  readonly capacities: Capacities;
  /** Requests that are served at the same time; undefined where any number may be. */
  readonly inFlight: Capacity | undefined;
}

/** The limits of the entry for a model of this family, with what becomes of them, the first change first. */
export function accountLimits(spec: LimitNumbers, family: string, changes: readonly NumbersChange[] = []): AccountLimits {
  const first = coursesOf(spec, family);
  const later = changes.map(({ atMs, numbers }) => ({
    atMs,
    courses: coursesOf(numbers, family),
    replaces: numbers.tier !== undefined,
  }));
  const capacities: { [K in LimitKind]?: Capacity } = {};
  for (const kind of limitKinds) {
    const turns = later.flatMap(({ atMs, courses, replaces }): CourseChange[] => {
      // Another account has none of the limits that it does not name.
      const course = courses[kind] ?? (replaces ? Number.POSITIVE_INFINITY : undefined);
      return course === undefined ? [] : [{ atMs, course }];
    });
    const capacity = capacityOf(first[kind], turns);
    if (capacity !== undefined) capacities[kind] = capacity;
  }
  const turns = changes.flatMap(({ atMs, numbers: { inFlight } }) =>
    inFlight === undefined ? [] : [{ atMs, course: inFlight }],
  );
  return { capacities, inFlight: capacityOf(spec.inFlight, turns) };
}

function capacityOf(first: Course | undefined, changes: readonly CourseChange[]): Capacity | undefined {
  if (changes.length === 0 && (first === undefined || typeof first === 'number')) return first;
  return [{ atMs: 0, course: first ?? Number.POSITIVE_INFINITY }, ...changes];
}

function coursesOf({ tier, given }: LimitNumbers, family: string): LimitNumbers['given'] {
  if (tier === undefined) return given;
  const { rpm, rpd, tpm } = publishedLimits(family, tier);
  const published = { requests: rpm, tokens: tpm };
  return { ...published, ...(rpd === undefined ? {} : { requests_per_day: rpd }), ...given };
}
