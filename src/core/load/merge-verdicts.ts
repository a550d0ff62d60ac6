import { type Finding, type RuleVerdict, ruleVerdicts, WORST_FIRST } from '../backoff/kit/finding.ts';
import { explainJudgement, judgementOf } from '../backoff/verdict/judgement.ts';
import type { Verdict } from '../backoff/verdict/verdict.ts';
import { verdictOver } from '../backoff/verdict/verdict-over.ts';
import { loadFindings } from './load-findings.ts';
import type { LoadReport } from './load-report.ts';
import { loadVerdict } from './load-verdict.ts';
import { withoutContradiction } from './without-contradiction.ts';

/** The verdict on one shard. */
export interface JudgedShard {
  readonly index: number;
  readonly verdict: Verdict;
}

/** What findings on the fleet as a whole begin with. */
const OF_THE_FLEET = 'load_';

/** The name of a shard among the others. */
export function shardName(index: number): string {
  return `shard ${index}`;
}

/**
 * The verdict on a whole load. The rules of good retrying looked at the calls of each shard; a rule counts as what it says where it says
 * worst. The fleet is held to the figures of the whole.
 */
export function mergeVerdicts(shards: readonly [JudgedShard, ...JudgedShard[]], figures: LoadReport): Verdict {
  const [first, ...others] = shards.map(({ index, verdict }) => ({ session: shardName(index), verdict: onCalls(verdict) }));
  if (first === undefined) throw new RangeError('a load has at least one shard');
  const { sessions: _shards, ...over } = verdictOver([first, ...others]);
  const { load } = over.policy;
  const findings = [...withoutContradiction([...over.findings, ...loadFindings(figures, load)])].sort(
    (a, b) => WORST_FIRST.indexOf(a.verdict) - WORST_FIRST.indexOf(b.verdict),
  );
  const judged = over.contradiction === undefined ? judgementOf(findings, over.unserved) : over.verdict;
  const told = judged === 'inconclusive' ? over : { verdict: judged, explain: explainJudgement(judged, findings) };
  return loadVerdict(
    { ...over, verdict: told.verdict, explain: told.explain, findings, counts: countsOf(findings) },
    figures,
    load,
  );
}

/** What is said of the calls of a shard: of the fleet it saw a part only. */
function onCalls({ cutShort: _cutShort, ...verdict }: Verdict): Verdict {
  const findings = verdict.findings.filter(({ rule }) => !rule.startsWith(OF_THE_FLEET));
  const judged = verdict.contradiction === undefined ? judgementOf(findings, verdict.unserved) : verdict.verdict;
  const explain = judged === 'inconclusive' ? verdict.explain : explainJudgement(judged, findings);
  return { ...verdict, findings, verdict: judged, explain };
}

function countsOf(findings: readonly Finding[]): Verdict['counts'] {
  return Object.fromEntries(
    ruleVerdicts.map((kind) => [kind, findings.filter(({ verdict }) => verdict === kind).length]),
  ) as Record<RuleVerdict, number>;
}
