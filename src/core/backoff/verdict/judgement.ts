import { plural } from '../../text/plural.ts';
import type { Finding, RuleVerdict } from '../kit/finding.ts';
import type { UnservedRequests } from './unserved-requests.ts';
import type { Judgement } from './verdict.ts';
import { keptText, namesText, passedOnFault } from './what-is-missing.ts';

/** What is not served may be all that the client lives by: beside it nothing passes. */
export function judgementOf(findings: readonly Finding[], unserved: readonly UnservedRequests[]): Judgement {
  if (findings.some(({ verdict }) => verdict === 'fail')) return 'fail';
  if (findings.some(({ verdict }) => verdict === 'warn')) return 'warn';
  const isClear = unserved.length === 0 && !findings.some(({ suspected }) => suspected === true);
  return isClear && passedOnFault(findings) ? 'pass' : 'inconclusive';
}

/** Why, in one sentence; what keeps a run from a decision, `whatIsMissing` tells. */
export function explainJudgement(verdict: Exclude<Judgement, 'inconclusive'>, findings: readonly Finding[]): string {
  const named = (wanted: RuleVerdict) => findings.filter((finding) => finding.verdict === wanted).map(({ rule }) => rule);
  switch (verdict) {
    case 'fail':
      return `the client breaks ${plural(named('fail').length, 'rule')}: ${named('fail').join(', ')}`;
    case 'warn':
      return `the client passes with ${plural(named('warn').length, 'warning')}: ${named('warn').join(', ')}`;
    case 'pass': {
      const undecided = named('inconclusive');
      return undecided.length === 0 ? keptText(findings) : `${keptText(findings)}; undecided: ${namesText(undecided)}`;
    }
  }
}
