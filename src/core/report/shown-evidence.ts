import type { Finding, Observation } from '../backoff/kit/finding.ts';

/** Pieces of evidence that convince; report.json has more. */
const SHOWN = 3;

/** What a report for people shows of a finding's evidence, and how many pieces there are besides. */
export function shownEvidence({ evidence, evidenceLeftOut }: Pick<Finding, 'evidence' | 'evidenceLeftOut'>): {
  readonly shown: readonly Observation[];
  readonly leftOut: number;
} {
  const shown = evidence.slice(0, SHOWN);
  return { shown, leftOut: evidence.length - shown.length + evidenceLeftOut };
}
