import { rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ReportInput } from '../../core/report/report.ts';
import { makeFolder } from '../../report/make-folder.ts';
import { ReportError } from '../../report/report-error.ts';
import { writeReport, writeReports } from '../../report/write.ts';
import { UsageError } from '../options/usage-error.ts';
import { publishToGitHub } from './publish-to-github.ts';

/** Where reports go. */
export interface ReportTargets {
  /** `--report`. */
  readonly report?: string;
  /** `--junit`. */
  readonly junit?: string;
}

/** Makes the folders of reports before anything is run. Throws a UsageError when that is not possible. */
export function prepareReports({ report, junit }: ReportTargets): void {
  for (const folder of [report, junit === undefined ? undefined : dirname(junit)]) {
    if (folder === undefined) continue;
    try {
      makeFolder(folder);
      const tried = join(folder, `.mock-openai.${process.pid}.tmp`);
      writeFileSync(tried, '');
      rmSync(tried);
    } catch (error) {
      throw new UsageError(ReportError.of(folder, error).message);
    }
  }
  if (junit !== undefined && isFolder(junit)) throw new UsageError(`cannot write reports to ${junit}: --junit takes a file`);
}

function isFolder(path: string): boolean {
  return path.endsWith('/') || statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Writes the reports that were asked for, and tells the workflow of GitHub Actions that the command runs in. */
export async function deliverReports({ report, junit }: ReportTargets, input: ReportInput): Promise<void> {
  if (report !== undefined) await writeReports(report, input);
  if (junit !== undefined) await writeReport('junit', junit, input);
  publishToGitHub(input);
}
