import { Command } from 'commander';
import { packageVersion } from '../report/package-version.ts';
import { checkCommand } from './commands/check-command.ts';
import type { CommandFactory } from './commands/command-factory.ts';
import { compareCommand } from './commands/compare-command.ts';
import { explainCommand } from './commands/explain-command.ts';
import { faultsCommand } from './commands/faults-command.ts';
import { loadCommand } from './commands/load-command.ts';
import { probeCommand } from './commands/probe-command.ts';
import { rulesCommand } from './commands/rules-command.ts';
import { runCommand } from './commands/run-command.ts';
import { scenariosCommand } from './commands/scenarios-command.ts';
import { serveCommand } from './commands/serve-command.ts';
import { takeSettings, unknownSettings } from './options/settings.ts';

/** The commands, in the order of the help text. The first is the default. */
const COMMANDS: readonly CommandFactory[] = [
  serveCommand,
  runCommand,
  checkCommand,
  explainCommand,
  faultsCommand,
  scenariosCommand,
  probeCommand,
  loadCommand,
  compareCommand,
  rulesCommand,
];
/** Commands whose flags can be set by the environment. */
const WITH_SETTINGS: readonly CommandFactory[] = [serveCommand, runCommand];

export interface ProgramParts {
  /** Called with the exit code of the command. */
  finish(code: number): void;
  /** Called with the variables that were taken as settings. */
  onSettings(variables: readonly string[]): void;
}

export function createProgram({ finish, onSettings }: ProgramParts): Command {
  const program = new Command('mock-openai')
    .description('A stand-in for api.openai.com that fails exactly as the real one does, on schedule.')
    .version(packageVersion(), '-V, --version')
    .helpCommand(false)
    .enablePositionalOptions()
    .showHelpAfterError('Run with --help for the commands and flags.')
    .exitOverride();
  const withSettings: Command[] = [];
  for (const factory of COMMANDS) {
    const command = factory(finish).exitOverride();
    const takesClient = command.options.some(({ long }) => long === '--client');
    command.showHelpAfterError(
      `${takesClient ? 'A client is given by --client or --command. ' : ''}Run with --help for the flags.`,
    );
    program.addCommand(command, { isDefault: factory === serveCommand });
    if (WITH_SETTINGS.includes(factory)) withSettings.push(command);
    if (factory === loadCommand) takesAddresses(command);
  }
  for (const command of withSettings) {
    command.addHelpText('after', `\nEach flag has a variable, such as MOCK_OPENAI_SEED for --seed. A flag goes before it.`);
    command.hook('preAction', () => {
      for (const line of unknownSettings(withSettings, process.env)) process.stderr.write(`${line}\n`);
      onSettings(takeSettings(command, process.env));
    });
  }
  return program;
}

/** What `load` takes from the environment. Most of its flags say what load there is to be: they have no variables. */
const ADDRESSES = ['--admin-port', '--store'];

function takesAddresses(command: Command): void {
  const option = command.options.filter(({ long = '' }) => ADDRESSES.includes(long));
  command.hook('preAction', () => void takeSettings(command, process.env, option));
}
