import type { Finding, RuleVerdict } from '../backoff/finding.ts';
import type { Verdict } from '../backoff/verdict.ts';
import { plural, runNumbers, statisticText } from './numbers.ts';
import { printable } from './printable.ts';
import type { ReportInput } from './report.ts';

const MARKS: Readonly<Record<RuleVerdict, string>> = {
  fail: '❌ fail',
  warn: '⚠️ warn',
  inconclusive: '❔ inconclusive',
  info: 'ℹ️ info',
  pass: '✅ pass',
  not_applicable: '➖ not applicable',
};
const HEADS = { pass: '✅', warn: '⚠️', fail: '❌', inconclusive: '❔' } as const;

/** The report for a page of a CI system, as GitHub-flavoured Markdown. */
export function renderMarkdown({ verdict, links = [], version }: ReportInput): string {
  const told = verdict.findings.filter((finding) => finding.verdict !== 'pass' && finding.verdict !== 'not_applicable');
  const blocks = [
    `## ${HEADS[verdict.verdict]} ${verdict.verdict.toUpperCase()}: ${inline(verdict.explain)}`,
    told.length === 0 ? '' : findingsTable(told),
    ...told.filter(({ evidence, advice }) => evidence.length > 0 || advice !== '').map(details),
    named(verdict, 'pass', 'Kept'),
    named(verdict, 'not_applicable', 'Not applicable'),
    notReached(verdict.notReached),
    numbersTable(verdict, version),
    links.map(({ label, href }) => `[${inline(label)}](<${encodeURI(href).replace(/[<>]/g, '')}>)`).join(' · '),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function findingsTable(findings: readonly Finding[]): string {
  const rows = findings.map(
    ({ verdict, rule, severity, explain }) => `| ${MARKS[verdict]} | ${code(rule)} | ${severity} | ${inline(explain)} |`,
  );
  return ['| verdict | rule | severity | why |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** Evidence that can be pasted into a bug report. */
function details({ rule, summary, evidence, evidenceLeftOut, advice, reference, statistic, threshold, n }: Finding): string {
  const more = evidenceLeftOut > 0 ? [`- and ${evidenceLeftOut} more`] : [];
  const measured = statistic === null ? [] : [`Measured: ${inline(statisticText(statistic, threshold))}, n = ${n}.`];
  return [
    `<details><summary><code>${inline(rule)}</code>: ${plural(evidence.length + evidenceLeftOut, 'piece')} of evidence</summary>`,
    `A good client ${inline(summary)}.`,
    [...evidence.map(({ call, line }) => `- ${code(call)}: ${inline(line)}`), ...more].join('\n'),
    ...measured,
    advice === '' ? '' : `**Advice:** ${inline(advice)}.`,
    `Reference: ${inline(reference)}`,
    '</details>',
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

function named({ findings }: Verdict, kind: RuleVerdict, title: string): string {
  const rules = findings.filter(({ verdict }) => verdict === kind).map(({ rule }) => code(rule));
  return rules.length === 0 ? '' : `**${title} (${rules.length}):** ${rules.join(', ')}`;
}

function notReached(ids: readonly string[]): string {
  return ids.length === 0 ? '' : `**Rules of the scenario that never struck:** ${ids.map(code).join(', ')}`;
}

function numbersTable(verdict: Verdict, version: string): string {
  const rows = [...runNumbers(verdict), ['mock-openai', version] as const];
  return ['| run | |', '| --- | --- |', ...rows.map(([name, value]) => `| ${name} | ${inline(value)} |`)].join('\n');
}

/** A text as words only: no Markdown, no HTML, no mentions, no line or cell of its own. */
function inline(text: string): string {
  return printable(text)
    .replace(/[\\`*_{}[\]()#!|~]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '&#64;');
}

/** A name as code; a cell of a table ends at a pipe even within code. */
function code(text: string): string {
  return `<code>${inline(text)}</code>`;
}
