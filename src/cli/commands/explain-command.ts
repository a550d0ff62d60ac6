import { Command } from 'commander';
import { sharedFlags } from '../options/shared-flags.ts';
import { wholeNumber } from '../options/whole-number.ts';
import type { CommandFactory } from './command-factory.ts';

export const explainCommand: CommandFactory = (finish) =>
  new Command('explain')
    .description('say a scenario in words, and what would happen to the first requests')
    .argument('<file>', 'scenario file or name')
    .option('--requests <number>', 'how many requests to play through', wholeNumber('--requests', 10_000), 20)
    .addOption(sharedFlags.seed())
    .option('--chart', 'draw the first five minutes as lines of blocks, in place of words')
    .option('--json', 'as JSON, with the words, the courses of a chart and the requests')
    .action(async (file, options) => finish(await (await import('./explain.ts')).explain(file, options)));
