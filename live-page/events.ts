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
