import { availableParallelism } from 'node:os';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { DeclaredCalls } from '../core/correlation/declared-calls.ts';
import { ScenarioError } from '../core/problem.ts';
import { suggest } from '../core/text/suggest.ts';
import { takeSettings, unknownSettings } from './options/settings.ts';
import { StartError, UsageError } from './options/usage-error.ts';
import { exitCode } from './output/exit-code.ts';
import { packageVersion } from './package-version.ts';

const MAX_WORKERS = 64;

/** Commands whose flags can be set by the environment. */
const WITH_SETTINGS = ['serve', 'run'];

/** Each command loads what it needs when it runs. `told` is given the variables that were taken as settings. */
function createProgram(finish: (code: number) => void, told: (variables: readonly string[]) => void): Command {
  const program = new Command('mock-openai')
    .description('A stand-in for api.openai.com that fails exactly as the real one does, on schedule.')
    .version(packageVersion(), '-V, --version')
    .helpCommand(false)
    .enablePositionalOptions()
    .showHelpAfterError('Run with --help for the commands and flags.')
    .exitOverride();

  program
    .command('serve', { isDefault: true })
    .description('start the mock (the default command)')
    .addOption(new Option('--scenario <file or name>', 'scenario file, or the name of a bundled one; default: all is healthy'))
    .option('--port <number>', 'port to listen on; 0 picks a free one', wholeNumber('--port', 65_535), 8080)
    .option('--host <address>', 'address to listen on', nonEmpty('--host'), '127.0.0.1')
    .option('--seed <number>', "replaces the scenario's seed", wholeNumber('--seed', Number.MAX_SAFE_INTEGER))
    .option('--journal <file>', 'append every request to this file, one JSON object a line')
    .option(
      '--admin-token <token>',
      'asked of every admin request; needed on a host that is not loopback',
      nonEmpty('--admin-token'),
    )
    .addOption(
      new Option('--quiet', 'print nothing but errors (and the base URL, when stdout is not a terminal)').conflicts([
        'verbose',
        'json',
      ]),
    )
    .option('--workers <number>', 'processes that serve, or auto: one for each core', workerCount, 1)
    .option('--verbose', 'print a line for each request')
    .option('--json', 'print one JSON object a line for each event')
    .action(async (options) => finish(await (await import('./commands/serve.ts')).serve(options)));

  program
    .command('run')
    .description('run a command against the mock, then judge the client in it')
    .argument('<command...>', 'the command and its arguments, after --')
    .passThroughOptions()
    .option('--scenario <file or name>', 'scenario file, or the name of a bundled one; default: all is healthy')
    .option('--seed <number>', "replaces the scenario's seed", wholeNumber('--seed', Number.MAX_SAFE_INTEGER))
    .option('--policy <file or preset>', "what is expected of the client, over the scenario's expect")
    .option('--calls <unique or number>', 'unique: no call is made twice; or how many calls are made in all', declaredCalls)
    .option('--report <folder>', 'write the reports into this folder')
    .option('--junit <file>', 'write the findings as JUnit XML')
    .option('--strict', 'fail on inconclusive findings and on rules of the scenario that were never reached')
    .option('--journal <file>', 'append every request to this file, one JSON object a line')
    .option('--port <number>', 'port to listen on; 0 picks a free one', wholeNumber('--port', 65_535), 0)
    .action(async (command, options) => finish(await (await import('./commands/run.ts')).run(command, options)));

  program
    .command('check')
    .description('validate scenarios; reports all problems at once')
    .argument('<file...>', 'scenario files or names')
    .option('--strict', 'fail on warnings: rules that can never strike, replies that can never speak')
    .action(async (files, options) => finish((await import('./commands/check.ts')).check(files, options)));

  program
    .command('explain')
    .description('say a scenario in words, and what would happen to the first requests')
    .argument('<file>', 'scenario file or name')
    .option('--requests <number>', 'how many requests to play through', wholeNumber('--requests', 10_000), 20)
    .option('--seed <number>', "replaces the scenario's seed", wholeNumber('--seed', Number.MAX_SAFE_INTEGER))
    .action(async (file, options) => finish(await (await import('./commands/explain.ts')).explain(file, options)));

  program
    .command('faults')
    .description('the catalogue of faults; with a name, everything about one')
    .argument('[name]', 'name of a fault')
    .option('--json', 'as JSON, with the JSON Schema of the parameters')
    .action(async (name, options) => finish((await import('./commands/faults.ts')).listFaults(name, options)));

  program
    .command('scenarios')
    .description('the bundled scenarios; with a name, everything about one')
    .argument('[name]', 'name of a scenario')
    .option('--json', 'as JSON')
    .action(async (name, options) => finish((await import('./commands/scenarios.ts')).listScenarios(name, options)));

  program
    .command('probe')
    .description('provoke every rule of good retrying on a client, one by one')
    .option('--client <module>', 'JavaScript module whose default export makes one call')
    .option('--command <line>', 'command that makes one call, run once a call: exit code 0 is a success', nonEmpty('--command'))
    .option('--full', 'watch long waits to their end (some minutes)')
    .option('--only <rules...>', 'only these rules')
    .option('--policy <file or preset>', 'what is expected of the client')
    .option('--report <folder>', 'write report.json, report.html, junit.xml and summary.md there')
    .option('--junit <file>', 'write the findings as JUnit XML')
    .option('--strict', 'fail when a rule is inconclusive, too')
    .option('--baseline <file>', 'fail only for what is worse than this')
    .option('--save-baseline <file>', 'write the verdicts of the rules there')
    .option(
      '--processes <number>',
      'client processes (default: 4); of a command, how many are started at once (default: one per core)',
      wholeNumber('--processes', 64, 1),
    )
    .option('--seed <number>', 'what the draws of the mock depend on', wholeNumber('--seed', Number.MAX_SAFE_INTEGER), 1)
    .action(async (options) => finish(await (await import('./commands/probe.ts')).probe(options)));

  program
    .command('load')
    .description('put a fleet of clients under load, and tell whether they make an outage worse')
    .option('--client <module>', 'JavaScript module whose default export makes one call')
    .option('--command <line>', 'command that makes one call, run once a call: exit code 0 is a success', nonEmpty('--command'))
    .option('--scenario <file or name>', 'scenario file, or the name of a bundled one; default: all is healthy')
    .option('--arrivals <rate>', 'calls on a schedule, whatever becomes of those before them, such as 50/s')
    .option('--poisson', 'with random gaps between arrivals, as users come')
    .option('--workers <number>', 'programs that make one call after the other', wholeNumber('--workers', 10_000, 1))
    .option('--at-once <number>', 'so many calls start at one moment', wholeNumber('--at-once', 100_000, 1))
    .option('--at <duration>', 'the moment of --at-once, since the load began (default: 0s)')
    .option('--for <duration>', 'how long calls are started (default: 60s)')
    .option('--ramp <duration>', 'time in which the load grows to its full height (default: 0s)')
    .option('--processes <number>', 'client processes (default: 4)', wholeNumber('--processes', 64, 1))
    .option(
      '--max-in-flight <number>',
      'scheduled calls beyond this many under way are dropped, and counted (default: 1000, of a command 64)',
      wholeNumber('--max-in-flight', 100_000, 1),
    )
    .option('--drain <duration>', 'time for calls under way when no more are started', '10s')
    .option('--background <rate>', 'requests beside them that never retry, to use up what is shared, such as 200/s')
    .option('--policy <file or preset>', "what is expected of the client, over the scenario's expect")
    .option('--seed <number>', "replaces the scenario's seed", wholeNumber('--seed', Number.MAX_SAFE_INTEGER))
    .option('--report <folder>', 'write report.json, report.html, junit.xml and summary.md there')
    .option('--junit <file>', 'write the findings as JUnit XML')
    .option('--strict', 'fail when a rule is inconclusive, too')
    .option('--json', 'print report.json on stdout')
    .action(async (options) => finish(await (await import('./commands/load.ts')).load(options)));

  program
    .command('compare')
    .description('put the reports of load runs side by side')
    .argument('<report...>', 'report.json of each run')
    .option('--report <file>', 'write one page with all their pictures')
    .action(async (files, options) => finish(await (await import('./commands/compare.ts')).compare(files, options)));

  program
    .command('rules')
    .description('the catalogue of the rules of good retrying; with a name, everything about one')
    .argument('[name]', 'name of a rule')
    .option('--json', 'as JSON, with sources, measures, false-alarm bounds and advice')
    .action(async (name, options) => finish((await import('./commands/rules.ts')).listRules(name, options)));
  const withSettings = program.commands.filter((command) => WITH_SETTINGS.includes(command.name()));
  for (const command of withSettings) {
    command.addHelpText('after', `\nEach flag has a variable, such as MOCK_OPENAI_SEED for --seed. A flag goes before it.`);
    command.hook('preAction', () => {
      for (const line of unknownSettings(withSettings, process.env)) process.stderr.write(`${line}\n`);
      told(takeSettings(command, process.env));
    });
  }
  // Subcommands made above do not inherit this.
  for (const command of program.commands) command.exitOverride().showHelpAfterError('Run with --help for the flags.');
  return program;
}

function nonEmpty(flag: string): (text: string) => string {
  return (text) => {
    if (text.trim() !== '') return text;
    throw new UsageError(`${flag} is empty.`);
  };
}

/** `auto` is as many as can run at once. */
function workerCount(text: string): number {
  if (text === 'auto') return Math.min(availableParallelism(), MAX_WORKERS);
  try {
    return wholeNumber('--workers', MAX_WORKERS, 1)(text);
  } catch {
    throw new InvalidArgumentError(`--workers takes a whole number from 1 to ${MAX_WORKERS}, or auto.`);
  }
}

function declaredCalls(text: string): DeclaredCalls {
  if (text === 'unique') return text;
  try {
    return wholeNumber('--calls', Number.MAX_SAFE_INTEGER, 1)(text);
  } catch {
    throw new InvalidArgumentError('--calls takes unique, or a whole number of at least 1.');
  }
}

function wholeNumber(flag: string, max: number, min = 0): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value <= max && value >= min) return value;
    throw new InvalidArgumentError(`${flag} takes a whole number from ${min} to ${max}.`);
  };
}

/** Runs what the arguments ask for; resolves with the exit code. Never rejects: what goes wrong is told on stderr. */
export async function commandLine(args: readonly string[]): Promise<number> {
  return run(args).catch(report);
}

async function run(args: readonly string[]): Promise<number> {
  let code: number = exitCode.pass;
  let settings: readonly string[] = [];
  const program = createProgram(
    (result) => {
      code = result;
    },
    (variables) => {
      settings = variables;
    },
  );
  const [first] = args;
  const known = program.commands.map((command) => command.name());
  if (first !== undefined && !first.startsWith('-') && !known.includes(first)) {
    const hint = suggest(first, known) || ` Commands: ${known.join(', ')}.`;
    throw new UsageError(`unknown command "${first}".${hint}`);
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    code = await report(error);
    // What is wrong may be there, where no one looks.
    if (settings.length > 0) process.stderr.write(`Set by the environment: ${settings.join(', ')}.\n`);
  }
  return code;
}

async function report(error: unknown): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.pass : exitCode.usage;
  if (error instanceof ScenarioError) {
    const { problemText } = await import('./output/problem-text.ts');
    process.stderr.write(`${problemText(error)}\n`);
    return exitCode.usage;
  }
  if (error instanceof UsageError) {
    process.stderr.write(`error: ${error.message}\n`);
    return exitCode.usage;
  }
  if (error instanceof StartError || (error instanceof Error && error.name === 'ReportError')) {
    process.stderr.write(`error: ${error.message}\n`);
    return exitCode.internal;
  }
  process.stderr.write(`mock-openai failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return exitCode.internal;
}
