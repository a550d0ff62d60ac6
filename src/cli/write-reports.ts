import { accessSync, constants, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ReportInput } from '../core/report/report.ts';
import { writeReport, writeReports } from '../report/write.ts';
import { UsageError } from './usage-error.ts';

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
      mkdirSync(folder, { recursive: true });
      accessSync(folder, constants.W_OK);
    } catch (error) {
      throw new UsageError(`cannot write reports to ${folder}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** Writes the reports that were asked for. */
export async function writeRequested({ report, junit }: ReportTargets, input: ReportInput): Promise<void> {
  if (report !== undefined) await writeReports(report, input);
  if (junit !== undefined) await writeReport('junit', junit, input);
}
