import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { COMPARED_COLUMNS, type ComparedRun, comparedRow, comparedRun, differencesOf } from '../../core/report/comparison.ts';
import { printable } from '../../core/text/printable.ts';
import { makeFolder } from '../../report/make-folder.ts';
import { ReportError } from '../../report/report-error.ts';
import { readingFailure } from '../../scenario-files/reading-failure.ts';
import { UsageError } from '../options/usage-error.ts';
import { exitCode } from '../output/exit-code.ts';
import { table } from '../output/table.ts';

/** Prints load runs side by side, and writes one page with their pictures. */
export async function compare(files: readonly string[], { report }: { report?: string }): Promise<number> {
  const runs = files.map(readRun);
  process.stdout.write(table([[...COMPARED_COLUMNS], ...runs.map((run) => comparedRow(run).map(printable))]));
  for (const difference of differencesOf(runs)) process.stdout.write(`${printable(difference)}\n`);
  if (report !== undefined) {
    const { renderComparison } = await import('../../report/html/comparison-page.ts');
    const page = await renderComparison(runs);
    try {
      makeFolder(dirname(report));
      await writeFile(report, page);
    } catch (error) {
      throw new UsageError(ReportError.of(report, error).message);
    }
  }
  return exitCode.pass;
}

/** A run is called after the folder of its report. */
function readRun(file: string): ComparedRun {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${readingFailure(error)}`);
  }
  const run = comparedRun(basename(dirname(resolve(file))), text);
  if (typeof run === 'string') throw new UsageError(`cannot compare ${file}: ${run}`);
  return run;
}
