import { accessSync, constants, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Verdict } from '../core/backoff/verdict.ts';
import type { JournalEntry } from '../core/journal/entry.ts';
import { UsageError } from './usage-error.ts';

/** Where reports go. */
export interface ReportTargets {
  /** `--report`. */
  readonly report?: string;
  /** `--junit`. */
  readonly junit?: string;
}

/** What reports tell of. */
export interface ReportInput {
  readonly verdict: Verdict;
  readonly entries: readonly JournalEntry[];
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
export function writeReports({ report }: ReportTargets, { verdict }: ReportInput): void {
  if (report !== undefined) writeFileSync(join(report, 'report.json'), `${JSON.stringify(verdict, null, 2)}\n`);
}
