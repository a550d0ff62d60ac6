/* What the page reads of the events of `/__admin/events`. Times are milliseconds on the clock of the journal. */

export interface Decided {
  readonly seq: number;
  readonly logicalId: string;
  readonly attemptSeq: number;
  readonly t_headers: number;
}

export interface Entry extends Decided {
  readonly t_end: number | null;
  readonly status: number | null;
  readonly closedBy: 'client' | 'server' | null;
  readonly hint: { readonly dueAt: number | null } | null;
  readonly faultApplied: { readonly faults: readonly { readonly name: string }[] } | null;
  readonly queuedMs: number | null;
  readonly billedTokens: number;
  readonly retryable: boolean;
}

export interface Finding {
  readonly rule: string;
  readonly verdict: string;
  readonly explain: string;
  readonly evidence: readonly { readonly line: string }[];
}

export interface Verdict {
  readonly verdict: string;
  readonly explain: string;
  readonly findings: readonly Finding[];
  readonly notReached: readonly string[];
}

export interface RuleInUse {
  readonly id: string;
  readonly summary: string;
  readonly struck?: number;
  readonly left?: number;
  readonly paused?: true;
}

/** Of something that is bounded, what is used and what is left. */
export interface Level {
  readonly limit: number;
  readonly used: number;
  readonly left: number;
  /** Of a bucket: when all is left again; null where nothing flows back. */
  readonly full_in_ms?: number | null;
}

/** What an account has left: its buckets, and the requests that it may have in flight. */
export type AccountLevels = { readonly key: string | null; readonly model: string } & { readonly [K in LimitKind]?: Level };

export type LimitKind = 'requests' | 'tokens' | 'requests_per_day' | 'tokens_per_day' | 'in_flight';

/** The limits and the capacity of the scenario as they stand. */
export interface LimitsInUse {
  readonly limits: readonly string[];
  readonly levels: readonly { readonly accounts: readonly AccountLevels[]; readonly left_out: number }[];
  readonly capacity: {
    readonly per_second: number;
    readonly in_flight: number;
    readonly burst: Level;
    readonly queue: Level;
    readonly idle_in_ms: number;
  } | null;
}

/** What is asked for of each entry and decision. */
export const FIELDS = [
  'seq',
  'logicalId',
  'attemptSeq',
  't_headers',
  't_end',
  'status',
  'closedBy',
  'hint',
  'faultApplied',
  'queuedMs',
  'billedTokens',
  'retryable',
] as const satisfies readonly (keyof Entry)[];
