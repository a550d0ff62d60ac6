import { vi } from 'vitest';
import { commandLine } from '../../src/cli/command-line.ts';
import type { CliResult } from './run-cli.ts';

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs the command line without a process of its own: what ends by itself, and starts no program. Takes milliseconds, where
 * `runCli` takes a fifth of a second. Runs one at a time, for folder, variables and streams are those of the process.
 */
export function runInProcess(
  args: readonly string[],
  cwd = process.cwd(),
  env: Readonly<Record<string, string>> = {},
): Promise<CliResult> {
  const result = last.then(() => run(args, cwd, env));
  last = result.catch(() => undefined);
  return result;
}

async function run(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Promise<CliResult> {
  const folder = process.cwd();
  const output = { stdout: '', stderr: '' };
  const streams = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      output[name] += String(text);
      return true;
    }),
  );
  // Under CI, messages would show the lines of files.
  for (const [name, value] of Object.entries({ CI: '', ...env })) vi.stubEnv(name, value);
  process.chdir(cwd);
  try {
    const code = await commandLine(args);
    return { code, ...output };
  } finally {
    process.chdir(folder);
    vi.unstubAllEnvs();
    for (const stream of streams) stream.mockRestore();
  }
}
