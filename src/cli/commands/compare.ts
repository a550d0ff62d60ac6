import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import {
  COMPARED_COLUMNS,
  type ComparedRun,
  comparedRow,
  comparedRun,
  differencesOf,
  type ReadRun,
} from '../../core/report/comparison.ts';
import { writtenAgain } from '../../core/report/json.ts';
import { mergeReports } from '../../core/report/merge-reports.ts';
import { printable } from '../../core/text/printable.ts';
import { makeFolder } from '../../report/make-folder.ts';
import { ReportError } from '../../report/report-error.ts';
import { readingFailure } from '../../scenario-files/reading-failure.ts';
import { UsageError } from '../options/usage-error.ts';
import { exitCode, exitCodeOf } from '../output/exit-code.ts';
import { printVerdict } from '../output/print-verdict.ts';
import { table } from '../output/table.ts';

export interface CompareOptions {
  /** Where the page with their pictures is written. */
  readonly report?: string;
  /** Where the report of the whole is written, of which the reports are shards. */
  readonly merge?: string;
}

/** Prints load runs side by side, and writes one page with their pictures. Of shards it tells what the whole load came to. */
export async function compare(files: readonly string[], { report, merge }: CompareOptions): Promise<number> {
  const runs = files.map((file) => ({ file, run: readRun(file) }));
  const code = merge === undefined ? tell(runs.map(({ run }) => run)) : await mergeInto(merge, runs);
  if (report !== undefined) {
    const { renderComparison } = await import('../../report/html/comparison-page.ts');
    await write(report, await renderComparison(runs.map(({ run }) => run)));
  }
  return code;
}

function tell(runs: readonly ComparedRun[]): number {
  printRuns(runs);
  for (const difference of differencesOf(runs)) process.stdout.write(`${printable(difference)}\n`);
  return exitCode.pass;
}

function printRuns(runs: readonly ComparedRun[]): void {
  process.stdout.write(table([[...COMPARED_COLUMNS], ...runs.map((run) => comparedRow(run).map(printable))]));
}

/** One report of all shards; the exit code is that of its verdict. */
async function mergeInto(path: string, runs: readonly { readonly file: string; readonly run: ReadRun }[]): Promise<number> {
  const shards = runs.map(({ file, run: { report } }) => {
    const { shard } = report;
    if (shard === undefined)
      throw new UsageError(`cannot merge ${file}: it is of no shard; mock-openai load --shard writes those`);
    return { file, report, shard };
  });
  const merged = mergeReports(shards);
  if (typeof merged === 'string') throw new UsageError(`cannot merge: ${merged}`);
  const { report, verdict, figures, load, startedWithinMs } = merged;
  await write(path, [...writtenAgain(report)].join(''));
  const { scenario, seed } = verdict;
  printRuns([...runs.map(({ run }) => run), { name: 'in all', verdict: verdict.verdict, scenario, seed, load }]);
  if (startedWithinMs > TOGETHER_MS)
    process.stdout.write(`the shards began ${(startedWithinMs / 1_000).toFixed(1)} s apart: give all the same --start-at\n`);
  printVerdict({ verdict, load: figures }, []);
  return exitCodeOf(verdict);
}

/** Clocks that are set right differ by less. */
const TOGETHER_MS = 50;

async function write(path: string, text: string): Promise<void> {
  try {
    makeFolder(dirname(path));
    await writeFile(path, text);
  } catch (error) {
    throw new UsageError(ReportError.of(path, error).message);
  }
}

/** A run is called after the folder of its report. */
function readRun(file: string): ReadRun {
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
