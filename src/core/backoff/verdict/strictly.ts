import { plural } from '../../text/plural.ts';
import type { Verdict } from './verdict.ts';
import { keptText, namesText } from './what-is-missing.ts';

/** The verdict where what is undecided, and what of the scenario never struck, is no pass (`--strict`). */
export function strictly(verdict: Verdict): Verdict {
  if (verdict.verdict !== 'pass' && verdict.verdict !== 'warn') return verdict;
  const { findings, notReached, explain } = verdict;
  const undecided = findings.filter((finding) => finding.verdict === 'inconclusive').map(({ rule }) => rule);
  const missing = [
    ...(undecided.length === 0 ? [] : [`${plural(undecided.length, 'rule')} undecided: ${namesText(undecided)}`]),
    ...(notReached.length === 0
      ? []
      : [`${plural(notReached.length, 'part')} of the scenario never struck: ${namesText(notReached)}`]),
  ];
  if (missing.length === 0) return verdict;
  const otherwise = verdict.verdict === 'pass' ? keptText(findings) : explain;
  return {
    ...verdict,
    verdict: 'inconclusive',
    explain: `${missing.join('; ')} (--strict asks for all); otherwise ${otherwise}`,
  };
}
