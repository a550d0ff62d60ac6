import { appendFileSync } from 'node:fs';
import { renderAnnotations } from '../../core/report/annotations.ts';
import { renderMarkdown } from '../../core/report/markdown.ts';
import type { ReportInput } from '../../core/report/report.ts';
import { messageOf } from '../../core/text/message-of.ts';

/** In a workflow of GitHub Actions: annotations in the log, and the verdict on the page of the run. */
export function publishToGitHub(input: ReportInput): void {
  if (process.env['GITHUB_ACTIONS'] !== 'true') return;
  process.stderr.write(renderAnnotations(input));
  const summary = process.env['GITHUB_STEP_SUMMARY'] ?? '';
  if (summary === '') return;
  try {
    appendFileSync(summary, `${renderMarkdown(input)}\n`);
  } catch (error) {
    process.stderr.write(`cannot write the step summary: ${messageOf(error)}\n`);
  }
}
