import type { Finding } from '../backoff/kit/finding.ts';
import { printable } from '../text/printable.ts';
import type { ReportInput } from './report.ts';
import { unservedLines } from './unserved-lines.ts';

/** GitHub shows at most ten annotations of a kind for a step. */
const SHOWN = 10;
/** Longest line of evidence, in characters: an annotation is a small box. */
const LONGEST = 300;

const COMMANDS = { fail: 'error', warn: 'warning' } as const;

/** Workflow commands that GitHub Actions turns into annotations: a line for each finding that speaks against the client. */
export function renderAnnotations({ verdict }: ReportInput): string {
  const lines = (['fail', 'warn'] as const).flatMap((kind) =>
    verdict.findings
      .filter((finding) => finding.verdict === kind)
      .slice(0, SHOWN)
      .map((finding) => command(COMMANDS[kind], `${finding.rule} (${finding.severity})`, messageOf(finding))),
  );
  const { cutShort } = verdict;
  if (!verdict.exercised || verdict.verdict === 'inconclusive')
    lines.push(command('error', 'mock-openai', printable(verdict.explain)));
  else {
    if (cutShort !== undefined) lines.push(command('error', 'mock-openai', printable(cutShort)));
    lines.push(...unservedLines(verdict).map((line) => command('warning', 'mock-openai', `not served: ${printable(line)}`)));
  }
  return lines.map((line) => `${line}\n`).join('');
}

function messageOf({ explain, evidence, advice }: Finding): string {
  const [first] = evidence;
  return [
    explain,
    ...(first === undefined ? [] : [[...first.line].slice(0, LONGEST).join('')]),
    ...(advice === '' ? [] : [`Advice: ${advice}`]),
  ]
    .map(printable)
    .join('\n');
}

/** As `@actions/core` writes it. */
function command(name: string, title: string, message: string): string {
  const data = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return `::${name} title=${property(printable(title))}::${data(message)}`;
}
