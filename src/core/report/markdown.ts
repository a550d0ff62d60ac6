import type { Finding, RuleVerdict } from '../backoff/kit/finding.ts';
import type { Verdict } from '../backoff/verdict/verdict.ts';
import { plural } from '../text/plural.ts';
import { printable } from '../text/printable.ts';
import { callText } from './call-text.ts';
import { DOWNTIME_TITLE, downtimeLines } from './downtime-lines.ts';
import { webLinks, withLinks } from './links.ts';
import { loadLines } from './load-lines.ts';
import { runNumbers, statisticText } from './numbers.ts';
import type { ReportInput } from './report.ts';
import { sessionLines } from './session-lines.ts';
import { shownEvidence } from './shown-evidence.ts';
import { UNSERVED_TITLE, unservedLines } from './unserved-lines.ts';

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
export function renderMarkdown(input: ReportInput): string {
  const { verdict, version, load } = input;
  const told = verdict.findings.filter((finding) => finding.verdict !== 'pass' && finding.verdict !== 'not_applicable');
  const blocks = [
    `## ${HEADS[verdict.verdict]} ${verdict.verdict.toUpperCase()}: ${inline(verdict.explain)}`,
    listed('Sessions', sessionLines(verdict)),
    listed(`Requests ${UNSERVED_TITLE}`, unservedLines(verdict)),
    listed(DOWNTIME_TITLE, downtimeLines(verdict)),
    load === undefined ? '' : loadTable(load),
    told.length === 0 ? '' : findingsTable(told),
    ...told.filter(({ evidence, advice }) => evidence.length > 0 || advice !== '').map(details),
    named(verdict, 'pass', 'Kept'),
    named(verdict, 'not_applicable', 'Not applicable'),
    notReached(verdict.notReached),
    numbersTable(verdict, version),
    webLinks(input)
      .map(({ label, href }) => `[${inline(label)}](<${href}>)`)
      .join(' · '),
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
function details(finding: Finding): string {
  const { rule, summary, advice, reference, statistic, threshold, n } = finding;
  const { shown, leftOut } = shownEvidence(finding);
  const more = leftOut > 0 ? [`- and ${leftOut} more`] : [];
  const measured = statistic === null ? [] : [`Measured: ${inline(statisticText(statistic, threshold))}, n = ${n}.`];
  return [
    `<details><summary><code>${inline(rule)}</code>: ${plural(shown.length + leftOut, 'piece')} of evidence</summary>`,
    `Expected: ${inline(summary)}.`,
    [...shown.map(({ call, line }) => `- ${code(callText(call))}: ${inline(line)}`), ...more].join('\n'),
    ...measured,
    advice === '' ? '' : `**Advice:** ${inline(advice)}.`,
    `Reference: ${withLinks(reference)
      .map(({ text, isLink }) => (isLink ? `<${text}>` : inline(text)))
      .join('')}`,
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
  return ids.length === 0 ? '' : `**Parts of the scenario that never struck:** ${ids.map(code).join(', ')}`;
}

function listed(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `**${title}:**\n\n${lines.map((line) => `- ${inline(line)}`).join('\n')}`;
}

function numbersTable(verdict: Verdict, version: string): string {
  const rows = [...runNumbers(verdict), ['mock-openai', version] as const];
  return ['| run | |', '| --- | --- |', ...rows.map(([name, value]) => `| ${name} | ${inline(value)} |`)].join('\n');
}

function loadTable(load: NonNullable<ReportInput['load']>): string {
  return ['| load | |', '| --- | --- |', ...loadLines(load).map(([name, value]) => `| ${name} | ${inline(value)} |`)].join('\n');
}

/** What Markdown, GitHub and HTML would read as more than a character; an underscore only at the edge of a word. */
const MARKUP = /[\\`*[\]<>&|~#!@]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;

/** A text as words only, as character references: backslashes would be shown within HTML. */
function inline(text: string): string {
  return printable(text).replace(MARKUP, (char) => `&#${char.codePointAt(0) ?? 0};`);
}

/** A name as code; backticks would end at one of its own. */
function code(text: string): string {
  return `<code>${inline(text)}</code>`;
}
