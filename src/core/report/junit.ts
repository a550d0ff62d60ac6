import type { Finding } from '../backoff/kit/finding.ts';
import type { Verdict } from '../backoff/verdict/verdict.ts';
import { printable } from '../text/printable.ts';
import { callText } from './call-text.ts';
import { downtimeLines } from './downtime-lines.ts';
import { runNumbers, statisticText } from './numbers.ts';
import type { ReportInput } from './report.ts';
import { sessionLines } from './session-lines.ts';
import { shownEvidence } from './shown-evidence.ts';
import { unservedLines } from './unserved-lines.ts';

/** Name of the suite, and of the class that CI systems group its cases by. */
const SUITE = 'mock-openai.backoff';

/**
 * JUnit XML as GitLab, Jenkins and GitHub's actions read it: a case a rule. What fails is a failure. What the
 * data cannot tell is skipped. Warnings pass, with their text as output.
 */
export function renderJunit(input: ReportInput): string {
  const { verdict, entries, version } = input;
  const { findings } = verdict;
  const failures = findings.filter((finding) => finding.verdict === 'fail').length;
  const skipped = findings.filter(isSkipped).length;
  const missing = missingCases(verdict);
  const neverStruck = verdict.notReached.map((id) => `never struck: ${printable(id)}`);
  const time = (verdict.watchedMs / 1_000).toFixed(3);
  const totals = {
    tests: findings.length + missing.length,
    failures: failures + missing.length,
    errors: 0,
    skipped,
    time,
  };
  const properties = [...runNumbers(verdict), ['version', version] as const];
  const timestamp = entries[0]?.time.replace(/\.\d+Z$|Z$/, '') ?? '1970-01-01T00:00:00';
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    open('testsuites', { name: 'mock-openai', ...totals }),
    `  ${open('testsuite', { name: `${SUITE}: ${verdict.scenario}`, ...totals, timestamp, hostname: 'mock-openai' })}`,
    '    <properties>',
    ...properties.map(([name, value]) => `      ${empty('property', { name, value })}`),
    '    </properties>',
    ...missing.flatMap(({ name, message, lines: shown = neverStruck }) => missingCase(name, message, shown)),
    ...findings.flatMap(caseOf),
    ...outputOf(verdict),
    '  </testsuite>',
    '</testsuites>',
  ];
  return `${lines.join('\n')}\n`;
}

function isSkipped({ verdict }: Finding): boolean {
  return verdict === 'inconclusive' || verdict === 'not_applicable';
}

interface Missing {
  readonly name: string;
  readonly message: string;
  readonly lines?: readonly string[];
}

/** No rules, yet they keep a run from passing. */
function missingCases(verdict: Verdict): Missing[] {
  const { exercised, cutShort, unserved, explain } = verdict;
  const missing = [
    ...(exercised || unserved.length > 0 ? [] : [{ name: 'exercised', message: explain }]),
    ...(cutShort === undefined ? [] : [{ name: 'complete', message: cutShort, lines: [] }]),
  ];
  if (verdict.verdict !== 'inconclusive') return missing;
  if (unserved.length > 0)
    return [...missing, { name: 'served', message: explain, lines: unservedLines(verdict).map(printable) }];
  return missing.length > 0 ? missing : [{ name: 'decided', message: explain }];
}

/** What stands beside the rules. */
function outputOf(verdict: Verdict): string[] {
  const unserved = verdict.verdict === 'inconclusive' ? [] : unservedLines(verdict).map((line) => `not served: ${line}`);
  const down = downtimeLines(verdict).map((line) => `server down: ${line}`);
  const lines = [...sessionLines(verdict).map((line) => `session ${line}`), ...unserved, ...down];
  return lines.length === 0 ? [] : [`    <system-out>${escaped(lines.map(printable).join('\n'))}</system-out>`];
}

function missingCase(name: string, explain: string, lines: readonly string[]): string[] {
  const text = lines.join('\n');
  return [
    `    ${open('testcase', { name, classname: SUITE, time: '0.000' })}`,
    `      ${open('failure', { message: explain, type: 'inconclusive' })}${escaped(text)}</failure>`,
    '    </testcase>',
  ];
}

function caseOf(finding: Finding): string[] {
  const { rule, verdict, severity, explain, summary } = finding;
  const attributes = { name: rule, classname: SUITE, time: '0.000' };
  const inner = innerOf(finding, { message: `${summary}: ${explain}`, type: `${verdict}.${severity}` });
  if (inner === undefined) return [`    ${empty('testcase', attributes)}`];
  return [`    ${open('testcase', attributes)}`, `      ${inner}`, '    </testcase>'];
}

function innerOf(finding: Finding, attributes: Attributes): string | undefined {
  switch (finding.verdict) {
    case 'fail':
      return `${open('failure', attributes)}${escaped(details(finding))}</failure>`;
    case 'inconclusive':
    case 'not_applicable':
      return empty('skipped', { message: `${finding.verdict.replace('_', ' ')}: ${finding.explain}` });
    case 'warn':
    case 'info':
      return `<system-out>${escaped(`${finding.verdict}: ${details(finding)}`)}</system-out>`;
    case 'pass':
      return undefined;
  }
}

/** The evidence, one piece a line, then what was measured, what to do, and who says so. */
function details(finding: Finding): string {
  const { explain, statistic, threshold, n, advice, reference } = finding;
  const { shown, leftOut } = shownEvidence(finding);
  return [
    printable(explain),
    ...shown.map(({ call, line }) => `${callText(call)}: ${printable(line)}`),
    ...(leftOut > 0 ? [`and ${leftOut} more`] : []),
    ...(statistic === null ? [] : [`${statisticText(statistic, threshold)}, n = ${n}`]),
    ...(advice === '' ? [] : [`advice: ${advice}`]),
    `reference: ${reference}`,
  ].join('\n');
}

type Attributes = Readonly<Record<string, string | number>>;

function open(name: string, attributes: Attributes): string {
  const texts = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(printable(String(value)))}"`);
  return `<${name}${texts.join('')}>`;
}

function empty(name: string, attributes: Attributes): string {
  return open(name, attributes).replace(/>$/, '/>');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** Safe as content and in an attribute; what XML cannot carry at all, `printable` has spelt out. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}
