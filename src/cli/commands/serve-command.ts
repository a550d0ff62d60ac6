import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { nonEmpty } from '../options/non-empty.ts';
import { sharedFlags } from '../options/shared-flags.ts';
import { wholeNumber } from '../options/whole-number.ts';
import type { CommandFactory } from './command-factory.ts';

const MAX_WORKERS = 64;

export const serveCommand: CommandFactory = (finish) =>
  new Command('serve')
    .description('start the mock (the default command)')
    .addOption(sharedFlags.scenario())
    .addOption(sharedFlags.port(8080))
    .option('--host <address>', 'address to listen on', nonEmpty('--host'), '127.0.0.1')
    .addOption(sharedFlags.seed())
    .addOption(sharedFlags.journal())
    .addOption(sharedFlags.adminPort())
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
    .addOption(sharedFlags.store())
    .addOption(sharedFlags.tls())
    .option('--tls-cert <file>', 'a certificate of your own, in PEM, with the chain behind it', nonEmpty('--tls-cert'))
    .option('--tls-key <file>', 'its key', nonEmpty('--tls-key'))
    .option('--verbose', 'print a line for each request')
    .option('--json', 'print one JSON object a line for each event')
    .action(async (options) => finish(await (await import('./serve.ts')).serve(options)));

/** `auto` is as many as can run at once. */
function workerCount(text: string): number {
  if (text === 'auto') return Math.min(availableParallelism(), MAX_WORKERS);
  try {
    return wholeNumber('--workers', MAX_WORKERS, 1)(text);
  } catch {
    throw new InvalidArgumentError(`--workers takes a whole number from 1 to ${MAX_WORKERS}, or auto.`);
  }
}
