import type { Finding } from '../core/backoff/finding.ts';
import type { Verdict } from '../core/backoff/verdict.ts';

/** Findings that are shown; the others say nothing that a reader has to act on. */
const SHOWN = ['fail', 'warn', 'info', 'inconclusive', 'pass'];

/** The verdict for a terminal, with what there is to say besides. */
export function printVerdict(verdict: Verdict, notes: readonly string[]): string {
  const { scenario, seed, calls, attempts } = verdict;
  const lines = [
    `mock-openai: ${verdict.verdict}: ${verdict.explain}`,
    `  scenario ${scenario}, seed ${seed}: ${calls} ${calls === 1 ? 'call' : 'calls'}, ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`,
    ...verdict.findings.filter((finding) => SHOWN.includes(finding.verdict)).flatMap(findingLines),
    ...verdict.notReached.map((rule) => `  never reached: ${rule}`),
    ...notes.map((note) => `  ${note}`),
  ];
  return `${lines.join('\n')}\n`;
}

function findingLines({ verdict, rule, explain, evidence, advice }: Finding): string[] {
  return [
    `  ${verdict.padEnd(12)}  ${rule}: ${explain}`,
    ...evidence.slice(0, 3).map(({ line }) => `      ${line}`),
    ...(advice === '' ? [] : [`      ${advice}`]),
  ];
}
