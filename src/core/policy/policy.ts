import type { DeclaredCalls } from '../correlation/declared-calls.ts';

/** What a breach of a rule counts as. `fail` raises warnings, `warn` and `info` lower failures, `off` does not ask. */
export const ruleLevels = ['off', 'info', 'warn', 'fail'] as const;

export type RuleLevel = (typeof ruleLevels)[number];

/** What is expected of the client. Times in milliseconds. */
export interface Policy {
  readonly preset: string;
  /** What the program says of its calls, where it says anything. */
  readonly calls?: DeclaredCalls;
  /** Attempts per call that the client declares, the first try included. */
  readonly maxAttempts?: number;
  /** Longest wait that the client chooses by itself. */
  readonly maxDelayMs: number;
  /** Total time after which no attempt of a call may start. */
  readonly maxElapsedMs?: number;
  /** Hints above this are to be answered by giving up. */
  readonly maxHonouredRetryAfterMs?: number;
  /** Outages of this length the client is to outlast. */
  readonly outlastsMs?: number;
  /** Statuses that the client must retry; `transport` for failures without an answer. */
  readonly retries: readonly (number | 'transport')[];
  /** Statuses, and codes and types of errors, that the client must not retry, besides those that no client should. */
  readonly neverRetries: readonly (number | string)[];
  readonly levels: Readonly<Record<string, RuleLevel>>;
  /** So many new calls within this time after its account was refused for good are too many. */
  readonly wall?: { readonly calls: number; readonly withinMs: number };
  /** A call that fails at one target has to go on at another. */
  readonly failsOver?: boolean;
  /** So soon after the call began. */
  readonly withinMs?: number;
  /** New calls leave a target alone for so long, once so many of its answers in a row were failures. */
  readonly breaker?: { readonly after: number; readonly forMs: number };
  /** So soon after its recovery, calls come back to the first target. */
  readonly returnsWithinMs?: number;
  /** A 429 of one key must not keep calls with other keys away. */
  readonly neutral429?: boolean;
  /** Under a limit, the client has to find its pace. */
  readonly adapts?: boolean;
  /** Requests that may be in flight at once: in all, with one key, to one target. */
  readonly maxInFlight?: { readonly inAll?: number; readonly byKey?: number; readonly byTarget?: number };
  /** Share of the billed tokens that may be of no use. */
  readonly maxWaste?: number;
  /** A stream that lives may be silent for so long. */
  readonly maxPauseMs?: number;
  /** What is expected of a fleet under load. */
  readonly load?: LoadExpectation;
}

/** What is expected of a fleet under load; what is not given is not judged. */
export interface LoadExpectation {
  /** Attempts a call, at most, over the whole run. */
  readonly amplification?: number;
  /** From the end of an outage until 95 % of the goodput is back. */
  readonly recoversWithinMs?: number;
  /** Goodput after the outage as a share of that before it, at least. */
  readonly goodput?: number;
  /** Share of the calls that end well, at least. */
  readonly success?: number;
  /** A span in which more than this share of the requests fails is judged as an outage is. */
  readonly brownOut?: number;
}

/** `openai-guide`: what OpenAI's guides and the RFCs ask. `strict-sre`: what those ask who run large services. */
export const policyPresets = {
  'openai-guide': { preset: 'openai-guide', maxDelayMs: 120_000, retries: [], neverRetries: [], levels: {} },
  'strict-sre': {
    preset: 'strict-sre',
    maxAttempts: 3,
    maxDelayMs: 60_000,
    maxElapsedMs: 600_000,
    retries: [429, 500, 502, 503, 504],
    neverRetries: [],
    levels: {
      no_retry_quota: 'fail',
      amplification: 'fail',
      truncated_stream_noticed: 'fail',
      no_silent_replay: 'fail',
      aborts_hung_request: 'fail',
      same_body: 'fail',
    },
  },
} as const satisfies Record<string, Policy>;

export type PolicyPreset = keyof typeof policyPresets;
