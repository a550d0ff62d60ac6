import { CommanderError } from 'commander';
import { ScenarioError } from '../../core/problem.ts';
import { printableLines } from '../../core/text/printable.ts';
import { StartError, UsageError } from '../options/usage-error.ts';
import { exitCode } from './exit-code.ts';

/** Tells on stderr why a command failed; returns the exit code. A stack trace is for failures of the mock itself. */
export async function reportFailure(error: unknown): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.pass : exitCode.usage;
  if (error instanceof ScenarioError) {
    const { problemText } = await import('./problem-text.ts');
    process.stderr.write(`${printableLines(problemText(error))}\n`);
    return exitCode.usage;
  }
  if (error instanceof UsageError) {
    process.stderr.write(`error: ${printableLines(error.message)}\n`);
    return exitCode.usage;
  }
  if (error instanceof StartError || (error instanceof Error && error.name === 'ReportError')) {
    process.stderr.write(`error: ${printableLines(error.message)}\n`);
    return exitCode.internal;
  }
  process.stderr.write(`mock-openai failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return exitCode.internal;
}
