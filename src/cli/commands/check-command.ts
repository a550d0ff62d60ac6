import { Command } from 'commander';
import type { CommandFactory } from './command-factory.ts';

export const checkCommand: CommandFactory = (finish) =>
  new Command('check')
    .description('validate scenarios; reports all problems at once')
    .argument('<file...>', 'scenario files or names')
    .option('--strict', 'fail on warnings: rules that can never strike, replies that can never speak')
    .action(async (files, options) => finish((await import('./check.ts')).check(files, options)));
