import { Command } from 'commander';
import { sharedFlags } from '../options/shared-flags.ts';
import { wholeNumber } from '../options/whole-number.ts';
import type { CommandFactory } from './command-factory.ts';

export const probeCommand: CommandFactory = (finish) =>
  new Command('probe')
    .description('provoke every rule of good retrying on a client, one by one')
    .addOption(sharedFlags.client())
    .addOption(sharedFlags.command())
    .option('--full', 'watch long waits to their end (some minutes)')
    .option('--only <rules...>', 'only these rules')
    .option('--policy <file or preset>', 'what is expected of the client')
    .addOption(sharedFlags.reports())
    .addOption(sharedFlags.junit())
    .addOption(sharedFlags.strictRules())
    .option('--baseline <file>', 'fail only for what is worse than this')
    .option('--save-baseline <file>', 'write the verdicts of the rules there')
    .option(
      '--processes <number>',
      'client processes (default: 4); of a command, how many are started at once (default: one per core)',
      wholeNumber('--processes', 64, 1),
    )
    .option('--seed <number>', 'what the draws of the mock depend on', wholeNumber('--seed'), 1)
    .action(async (options) => finish(await (await import('./probe.ts')).probe(options)));
