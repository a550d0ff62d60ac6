import type { RuleResult, Severity } from './finding.ts';
import type { Probe } from './probe.ts';
import type { RuleEvidence } from './rule-evidence.ts';

/** One rule of good retrying (backoff.md 2.4). */
export interface BackoffRule {
  /** Snake case, as policies write it. */
  readonly id: string;
  /** One line: what a good client does. */
  readonly summary: string;
  /** Where that is said: names, each with its address. */
  readonly source: string;
  readonly severity: Severity;
  /** `statistical` rules need many calls, and a mock that did not stall. */
  readonly confidence: 'deterministic' | 'statistical';
  /** What is measured, and from where on it speaks against the client. */
  readonly measures: string;
  /** Chance that a good client is failed, per run (backoff.md 6). */
  readonly falseAlarmBound: number;
  /** Needs to hear from the client what it made of a call. */
  readonly needsOutcome?: true;
  /** How to mend a client that breaks the rule. */
  readonly advice: string;
  /** It compares targets: sessions count as such only where they are services of one scenario. */
  readonly comparesTargets?: true;
  /** What it says of a call stands although attempts of it are missing, which a server that was down refused. */
  readonly bearsHidden?: true;
  /** What it finds against a call stands although attempts of it are missing: more attempts would only add to it. */
  readonly accusesHidden?: true;
  /** What provokes it. */
  readonly probe: Probe;
  /** What provokes it in a client that takes several targets, in the place of `probe`. */
  readonly targetsProbe?: Probe;
  /** Another probe that is played for it, too: its scenes are among those that it hears. */
  readonly alsoProbe?: Probe;
  /**
   * Which scenes of a battery it judges: `own`, those of its probe (default), or `every scene`. What other scenes show can only
   * speak against the client: a pass is one on the scenes of the probe.
   */
  readonly hears?: 'own' | 'every scene';
  /**
   * Which calls it is handed: `eventful calls` leaves out those that succeeded at once (see `eventfulCalls`). It is for a rule that
   * says the same without them, and that looks at no entries beside those of its calls. Default `all calls`.
   */
  readonly looksAt?: 'all calls' | 'eventful calls';
  check(subject: RuleEvidence): RuleResult;
}

/** Declares a rule; keeps its id as a type. */
export function defineRule<Id extends string>(rule: BackoffRule & { readonly id: Id }) {
  return rule;
}

/** What the rule judges did not happen. */
export function notApplicable(explain: string): RuleResult {
  return { verdict: 'not_applicable', explain };
}
