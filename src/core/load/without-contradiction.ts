import type { Finding } from '../backoff/kit/finding.ts';

/** Rules that look at calls one by one, and what asks the same of the fleet as a whole. */
const OF_THE_FLEET: Readonly<Record<string, string>> = {
  recovers_promptly: 'load_recovery',
  amplification: 'load_amplification',
  retry_budget: 'load_amplification',
};

/**
 * What a rule passes by the calls that it can see is no pass where the fleet as a whole does not: calls that came back soon after
 * an outage say nothing of those that never did.
 */
export function withoutContradiction(findings: readonly Finding[]): Finding[] {
  const accused = new Set(findings.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn').map(({ rule }) => rule));
  return findings.map((finding) => {
    const fleet = OF_THE_FLEET[finding.rule];
    if (finding.verdict !== 'pass' || fleet === undefined || !accused.has(fleet)) return finding;
    return {
      ...finding,
      verdict: 'info',
      onFault: false,
      explain: `${finding.explain}; the fleet as a whole does not keep up: see ${fleet}`,
    };
  });
}
