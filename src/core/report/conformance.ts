import type { Finding, RuleVerdict } from '../backoff/kit/finding.ts';
import { printable } from '../text/printable.ts';
import { columns, wrap } from './wrap.ts';

export interface ConformanceOptions {
  /** Columns. Default 80. */
  readonly width?: number;
}

const WORDS: Record<RuleVerdict, string> = {
  pass: 'pass',
  info: 'info',
  warn: 'WARN',
  fail: 'FAIL',
  inconclusive: '?',
  not_applicable: 'n/a',
};

/** Every rule with its verdict and what was seen, in the order of the findings, as a table for people. */
export function renderConformance(findings: readonly Finding[], { width = 80 }: ConformanceOptions = {}): string {
  const widest = Math.max(...findings.map(({ rule }) => columns(rule)));
  const indent = widest + 8;
  const lines = findings.flatMap((finding) => {
    const [first = '', ...more] = wrap(seenIn(finding), Math.max(20, width - indent));
    const head = `${WORDS[finding.verdict].padEnd(6)}${finding.rule.padEnd(widest + 2)}${first}`;
    return [head.trimEnd(), ...more.map((line) => `${' '.repeat(indent)}${line}`)];
  });
  return `${lines.join('\n')}\n\n?: the data cannot decide · n/a: what the rule judges did not happen\n`;
}

/** What to change in the client, rule by rule, for people; empty where nothing speaks against it. */
export function renderAdvice(findings: readonly Finding[], { width = 80 }: ConformanceOptions = {}): string {
  const wrong = findings.filter(({ verdict, advice }) => verdict === 'fail' && advice !== '');
  if (wrong.length === 0) return '';
  const widest = Math.max(...wrong.map(({ rule }) => columns(rule)));
  const indent = widest + 4;
  const lines = wrong.flatMap(({ rule, advice }) => {
    const [first = '', ...more] = wrap(advice, Math.max(20, width - indent));
    return [`  ${rule.padEnd(widest + 2)}${first}`, ...more.map((line) => `${' '.repeat(indent)}${line}`)];
  });
  return `what to change\n${lines.join('\n')}\n`;
}

/** What speaks for the verdict: the first piece of evidence of an accusation, else the explanation. */
function seenIn({ verdict, evidence: [first], explain, clock }: Finding): string {
  const accused = verdict === 'fail' || verdict === 'warn';
  const text = accused && first !== undefined ? `${explain}: ${first.line}` : explain;
  return printable(clock === 'real' ? text : `${text} (${clock})`);
}
