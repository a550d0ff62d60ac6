import { Command } from 'commander';
import type { CommandFactory } from './command-factory.ts';

export const scenariosCommand: CommandFactory = (finish) =>
  new Command('scenarios')
    .description('the bundled scenarios; with a name, everything about one')
    .argument('[name]', 'name of a scenario')
    .option('--json', 'as JSON')
    .action(async (name, options) => finish((await import('./scenarios.ts')).listScenarios(name, options)));
