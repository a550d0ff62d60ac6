import { Command, InvalidArgumentError } from 'commander';
import type { DeclaredCalls } from '../../core/correlation/declared-calls.ts';
import { sharedFlags } from '../options/shared-flags.ts';
import { wholeNumber } from '../options/whole-number.ts';
import type { CommandFactory } from './command-factory.ts';

export const runCommand: CommandFactory = (finish) =>
  new Command('run')
    .description('run a command against the mock, then judge the client in it')
    .argument('<command...>', 'the command and its arguments, after --')
    .passThroughOptions()
    .addOption(sharedFlags.scenario())
    .addOption(sharedFlags.seed())
    .addOption(sharedFlags.policyOverScenario())
    .option('--calls <unique or number>', 'unique: no call is made twice; or how many calls are made in all', declaredCalls)
    .option('--report <folder>', 'write the reports into this folder')
    .addOption(sharedFlags.junit())
    .option('--strict', 'fail on inconclusive findings and on rules of the scenario that were never reached')
    .addOption(sharedFlags.journal())
    .addOption(sharedFlags.port(0))
    .addOption(sharedFlags.tls())
    .addOption(sharedFlags.adminPort())
    .option('--open', 'show the live page in the browser while the command runs')
    .action(async (command, options) => finish(await (await import('./run.ts')).run(command, options)));

function declaredCalls(text: string): DeclaredCalls {
  if (text === 'unique') return text;
  try {
    return wholeNumber('--calls', Number.MAX_SAFE_INTEGER, 1)(text);
  } catch {
    throw new InvalidArgumentError('--calls takes unique, or a whole number of at least 1.');
  }
}
