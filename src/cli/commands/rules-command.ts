import { Command } from 'commander';
import type { CommandFactory } from './command-factory.ts';

export const rulesCommand: CommandFactory = (finish) =>
  new Command('rules')
    .description('the catalogue of the rules of good retrying; with a name, everything about one')
    .argument('[name]', 'name of a rule')
    .option('--json', 'as JSON, with sources, measures, false-alarm bounds and advice')
    .action(async (name, options) => finish((await import('./rules.ts')).listRules(name, options)));
