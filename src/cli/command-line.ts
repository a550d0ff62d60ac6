import { suggest } from '../core/text/suggest.ts';
import { createProgram } from './create-program.ts';
import { UsageError } from './options/usage-error.ts';
import { exitCode } from './output/exit-code.ts';
import { reportFailure } from './output/report-failure.ts';

/** Runs what the arguments ask for; resolves with the exit code. Never rejects: what goes wrong is told on stderr. */
export async function commandLine(args: readonly string[]): Promise<number> {
  return run(args).catch(reportFailure);
}

async function run(args: readonly string[]): Promise<number> {
  let code: number = exitCode.pass;
  let settings: readonly string[] = [];
  const program = createProgram({
    finish: (result) => {
      code = result;
    },
    onSettings: (variables) => {
      settings = variables;
    },
  });
  const [first] = args;
  const known = program.commands.map((command) => command.name());
  if (first !== undefined && !first.startsWith('-') && !known.includes(first)) {
    const hint = suggest(first, known) || ` Commands: ${known.join(', ')}.`;
    throw new UsageError(`unknown command "${first}".${hint}`);
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    code = await reportFailure(error);
    // What is wrong may be there, where no one looks.
    if (settings.length > 0) process.stderr.write(`Set by the environment: ${settings.join(', ')}.\n`);
  }
  return code;
}
