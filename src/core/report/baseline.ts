import { type RuleVerdict, ruleVerdicts } from '../backoff/kit/finding.ts';
import type { Verdict } from '../backoff/verdict/verdict.ts';

/** The verdict of each rule, as it was accepted once. */
export type Baseline = Readonly<Record<string, RuleVerdict>>;

/** A rule that is worse than it was. */
export interface Regression {
  readonly rule: string;
  readonly was: RuleVerdict;
  readonly is: RuleVerdict;
}

/** From best to worst; what was not decided is no worse than a pass. */
const RANK: Readonly<Record<RuleVerdict, number>> = { pass: 0, not_applicable: 0, inconclusive: 0, info: 1, warn: 2, fail: 3 };

export function baselineOf({ findings }: Verdict): Baseline {
  return Object.fromEntries(findings.map(({ rule, verdict }) => [rule, verdict] as const).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The rules that got worse. A rule that the baseline does not know is held against a pass. */
export function regressionsSince(baseline: Baseline, { findings }: Verdict): Regression[] {
  return findings.flatMap(({ rule, verdict }) => {
    const was = baseline[rule] ?? 'pass';
    return RANK[verdict] > RANK[was] ? [{ rule, was, is: verdict }] : [];
  });
}

/** Reads a baseline; undefined when the text is none. */
export function parseBaseline(text: string): Baseline | undefined {
  try {
    const { rules } = JSON.parse(text) as { rules?: unknown };
    if (typeof rules !== 'object' || rules === null || Array.isArray(rules)) return undefined;
    const known = Object.values(rules).every((verdict) => (ruleVerdicts as readonly unknown[]).includes(verdict));
    return known ? (rules as Baseline) : undefined;
  } catch {
    return undefined;
  }
}
