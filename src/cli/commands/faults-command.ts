import { Command } from 'commander';
import type { CommandFactory } from './command-factory.ts';

export const faultsCommand: CommandFactory = (finish) =>
  new Command('faults')
    .description('the catalogue of faults; with a name, everything about one')
    .argument('[name]', 'name of a fault')
    .option('--json', 'as JSON, with the JSON Schema of the parameters')
    .action(async (name, options) => finish((await import('./faults.ts')).listFaults(name, options)));
