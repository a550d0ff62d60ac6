import { Command } from 'commander';
import type { CommandFactory } from './command-factory.ts';

export const compareCommand: CommandFactory = (finish) =>
  new Command('compare')
    .description('put the reports of load runs side by side')
    .argument('<report...>', 'report.json of each run')
    .option('--merge <file>', 'the reports are of shards of one load: write the report of the whole there, and judge it')
    .option('--report <file>', 'write one page with all their pictures')
    .action(async (files, options) => finish(await (await import('./compare.ts')).compare(files, options)));
