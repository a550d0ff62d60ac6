import { renderAnnotations } from '../core/report/annotations.ts';
import { jsonPieces } from '../core/report/json.ts';
import { renderJunit } from '../core/report/junit.ts';
import { renderMarkdown } from '../core/report/markdown.ts';
import type { ReportInput } from '../core/report/report.ts';
import { renderTerminal, type TerminalOptions } from '../core/report/terminal.ts';

/** One way to tell a verdict. */
export interface Report {
  readonly id: string;
  /** Name in the folder of reports; null for what is printed instead. */
  readonly file: string | null;
  readonly summary: string;
  /** The text, or its pieces where it may be long. */
  render(input: ReportInput, options?: TerminalOptions): string | Iterable<string> | Promise<string>;
}

/** Every report. */
export const reports: readonly Report[] = [
  { id: 'terminal', file: null, summary: 'for people at a terminal', render: renderTerminal },
  { id: 'json', file: 'report.json', summary: 'for machines (schemas/report.schema.json)', render: jsonPieces },
  {
    id: 'html',
    file: 'report.html',
    summary: 'one page with pictures that needs no network',
    render: async (input) => (await import('./html/page.ts')).renderHtml(input),
  },
  { id: 'junit', file: 'junit.xml', summary: 'a test case a rule, for CI systems', render: renderJunit },
  { id: 'markdown', file: 'summary.md', summary: 'for the page of a CI run', render: renderMarkdown },
  { id: 'annotations', file: null, summary: 'workflow commands of GitHub Actions', render: renderAnnotations },
];
