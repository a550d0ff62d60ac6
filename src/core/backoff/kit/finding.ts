import type { Certainty } from '../../correlation/certainty.ts';

/** What a rule says of a client. `not_applicable`: what it judges did not happen; `inconclusive`: the data cannot decide. */
export const ruleVerdicts = ['pass', 'info', 'warn', 'fail', 'inconclusive', 'not_applicable'] as const;

export type RuleVerdict = (typeof ruleVerdicts)[number];

/** From what speaks against the client to what says nothing. */
export const WORST_FIRST: readonly RuleVerdict[] = ['fail', 'warn', 'inconclusive', 'info', 'pass', 'not_applicable'];

export type Severity = 'critical' | 'high' | 'medium' | 'low';

/** One thing that was seen, in words a bug report can quote. */
export interface Observation {
  readonly call: string;
  /** `seq` of the journal entries it speaks of. */
  readonly entries: readonly number[];
  /** `attempt 1: 429 Retry-After 30 → attempt 2 after 2.004 s, 27.996 s early`. */
  readonly line: string;
}

/** A list of observations: few of them are shown, and only those are put in words (see `observations`). */
export type Observations = Pick<readonly Observation[], 'length' | 'slice'>;

/** What was measured. */
interface Statistic {
  readonly name: string;
  readonly value: number;
  readonly unit: 'ms' | 'attempts' | 'ratio' | 'share' | 'calls' | 'sockets' | 'requests';
}

/** What a rule returns; `judge` adds what is the same for every run. */
export interface RuleResult {
  readonly verdict: RuleVerdict;
  /** Why, in one sentence. */
  readonly explain: string;
  /** How many cases were looked at. */
  readonly n?: number;
  readonly statistic?: Statistic;
  /** The value of the statistic from which on the rule speaks against the client. */
  readonly threshold?: number;
  readonly evidence?: Observations;
  /** The weakest recognition among the calls that were looked at. */
  readonly correlation?: Certainty;
  /** `censored@12s`: watched for that long only. Default `real`. */
  readonly clock?: string;
  /** Replaces the rule's, where it depends on what was seen. */
  readonly falseAlarmBound?: number;
  /** Undecided, and a breach if requests that cannot be told apart are retries: it keeps a run from passing. */
  readonly suspected?: true;
}

/** The result of one rule of good retrying. */
export interface Finding {
  readonly rule: string;
  readonly verdict: RuleVerdict;
  /** It passed, and does so on what faults, or refusals by limits, capacity or a credential, were done to. */
  readonly onFault: boolean;
  readonly severity: Severity;
  readonly summary: string;
  readonly explain: string;
  /** What to change in the client; empty unless something is wrong. */
  readonly advice: string;
  readonly n: number;
  readonly statistic: Statistic | null;
  readonly threshold: number | null;
  /** Chance that a good client is failed, per run. */
  readonly falseAlarmBound: number;
  readonly correlation: Certainty | null;
  readonly clock: string;
  readonly evidence: readonly Observation[];
  /** How many more there were than `evidence` shows. */
  readonly evidenceLeftOut: number;
  readonly reference: string;
  /** Undecided, and a breach if requests that cannot be told apart are retries: it keeps a run from passing. */
  readonly suspected?: true;
}
