import type { Finding, RuleVerdict } from '../backoff/kit/finding.ts';
import { NAMED_URLS } from '../backoff/verdict/unserved-requests.ts';
import type { Judgement, Verdict } from '../backoff/verdict/verdict.ts';
import { plural } from '../text/plural.ts';
import { printable } from '../text/printable.ts';
import { callText } from './call-text.ts';
import { DOWNTIME_TITLE, downtimeLines } from './downtime-lines.ts';
import { loadLines } from './load-lines.ts';
import { runNumbers, statisticText } from './numbers.ts';
import { type Paint, paintedIn, type Style } from './paint.ts';
import type { ReportInput } from './report.ts';
import { sessionLines } from './session-lines.ts';
import { UNSERVED_TITLE, unservedLines } from './unserved-lines.ts';
import { columns, wrap } from './wrap.ts';

export interface TerminalOptions {
  /** Columns. Default 80. */
  readonly width?: number;
  /** ANSI colours. Default none. */
  readonly color?: boolean;
}

const COLORS: Record<RuleVerdict | Judgement, Style> = {
  fail: 'red',
  warn: 'yellow',
  inconclusive: 'cyan',
  info: 'cyan',
  pass: 'green',
  not_applicable: 'dim',
};

/** Narrower terminals get lines of this many columns all the same. */
const NARROWEST = 24;
/** Longest line of evidence, in characters; three lines of a usual terminal. */
const LONGEST_EVIDENCE = 190;

/** What is told of a run: with the version of the mock where the text may be kept. */
export type Told = Pick<ReportInput, 'verdict' | 'load'> & Partial<Pick<ReportInput, 'version'>>;

/** The verdict as text for people: what speaks against the client first. */
export function renderTerminal({ verdict, version, load }: Told, { width = 80, color = false }: TerminalOptions = {}): string {
  const wide = Math.max(NARROWEST, width);
  const paint = paintedIn(color);
  const of = (kind: RuleVerdict) => verdict.findings.filter((finding) => finding.verdict === kind);
  const against = [...of('fail'), ...of('warn')];
  const blocks = [
    headline(verdict.verdict, verdict.explain, wide, paint),
    titled('sessions', sessionLines(verdict), wide, paint),
    titled(UNSERVED_TITLE, besidesHeadline(verdict), wide, paint),
    titled(DOWNTIME_TITLE, downtimeLines(verdict), wide, paint),
    load === undefined ? [] : named(loadLines(load), wide, paint),
    ...against.map((finding) => accusation(finding, wide, paint)),
    remarks('inconclusive', of('inconclusive'), wide, paint),
    remarks('info', of('info'), wide, paint),
    names('pass', of('pass'), wide, paint),
    names('not_applicable', of('not_applicable'), wide, paint),
    titled(`${plural(verdict.notReached.length, 'part')} of the scenario never struck`, verdict.notReached, wide, paint),
    named([...runNumbers(verdict), ...(version === undefined ? [] : [['mock-openai', version] as const])], wide, paint),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

/** Values, each beside its name. */
function named(rows: readonly (readonly [name: string, value: string])[], width: number, paint: Paint): string[] {
  return rows.flatMap(([name, value]) =>
    hanging(name, printable(value), { width, column: 15, head: (text) => paint('dim', text) }),
  );
}

function headline(verdict: Judgement, explain: string, width: number, paint: Paint): string[] {
  const head = verdict.toUpperCase();
  const painted = (text: string) => paint('bold', paint(COLORS[verdict], text));
  return hanging(head, printable(explain), { width, column: head.length + 2, head: painted });
}

/** A finding that speaks against the client: what, the piece of evidence that shows it best, why, and what to do. */
function accusation(finding: Finding, width: number, paint: Paint): string[] {
  const { rule, verdict, severity, summary, explain, advice, evidence, evidenceLeftOut, statistic, threshold } = finding;
  const [shown] = evidence;
  const more = evidence.length - 1 + evidenceLeftOut;
  const rows: (readonly [string, string])[] = [];
  if (shown !== undefined) {
    rows.push(['evidence', beginning(printable(shown.line))]);
    rows.push(['', `in call ${callText(shown.call)}${more > 0 ? `, and ${more} more like it` : ''}`]);
  }
  rows.push(['why', printable(explain)]);
  if (statistic !== null) rows.push(['measured', `${statisticText(statistic, threshold)}, n = ${finding.n}`]);
  if (advice !== '') rows.push(['advice', advice]);
  return [
    ...hanging(verdict.toUpperCase(), `${rule} (${severity}): ${summary}`, {
      width,
      column: 6,
      head: (text) => paint('bold', paint(COLORS[verdict], text)),
    }),
    ...rows.flatMap(([name, value]) =>
      hanging(`      ${name}`, value, { width, column: 16, head: (text) => paint('dim', text) }),
    ),
  ];
}

/** A long chain of attempts says what it has to say at its beginning. */
function beginning(line: string): string {
  const chars = [...line];
  return chars.length <= LONGEST_EVIDENCE ? line : `${chars.slice(0, LONGEST_EVIDENCE - 1).join('')}…`;
}

/** One line a finding: the rule and why. */
function remarks(kind: RuleVerdict, findings: readonly Finding[], width: number, paint: Paint): string[] {
  if (findings.length === 0) return [];
  return [
    paint(COLORS[kind], `${kind} (${findings.length})`),
    ...findings.flatMap(({ rule, explain }) => indented(`${rule}: ${printable(explain)}`, width)),
  ];
}

/** The names of the rules, in as few lines as they take. */
function names(kind: RuleVerdict, findings: readonly Finding[], width: number, paint: Paint): string[] {
  if (findings.length === 0) return [];
  const title = `${kind.replaceAll('_', ' ')} (${findings.length})`;
  return [paint(COLORS[kind], title), ...indented(findings.map(({ rule }) => rule).join(', '), width)];
}

/** What is not served, where the headline does not name all of it. */
function besidesHeadline(verdict: Verdict): string[] {
  const isNamed = verdict.verdict === 'inconclusive' && verdict.unserved.length <= NAMED_URLS;
  return isNamed ? [] : unservedLines(verdict);
}

/** What limits the verdict, a line each. */
function titled(title: string, lines: readonly string[], width: number, paint: Paint): string[] {
  if (lines.length === 0) return [];
  return [paint('yellow', title), ...lines.flatMap((line) => indented(printable(line), width))];
}

function indented(text: string, width: number): string[] {
  return wrap(text, width - 4).map((line, index) => `${index === 0 ? '  ' : '    '}${line}`);
}

interface Hanging {
  readonly width: number;
  /** Where the text begins. */
  readonly column: number;
  head(text: string): string;
}

/** A name, and beside it a text that goes on below its own beginning. */
function hanging(name: string, text: string, { width, column, head }: Hanging): string[] {
  const room = Math.max(10, width - column);
  const gap = ' '.repeat(Math.max(1, column - columns(name)));
  return wrap(text, room).map((line, index) => (index === 0 ? `${head(name)}${gap}${line}` : `${' '.repeat(column)}${line}`));
}
