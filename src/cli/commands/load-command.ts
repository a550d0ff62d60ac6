import { Command } from 'commander';
import { MOST_CONNECTIONS } from '../../harness/hammer-message.ts';
import { sharedFlags } from '../options/shared-flags.ts';
import { wholeNumber } from '../options/whole-number.ts';
import type { CommandFactory } from './command-factory.ts';

export const loadCommand: CommandFactory = (finish) =>
  new Command('load')
    .description('put a fleet of clients under load, and tell whether they make an outage worse')
    .addOption(sharedFlags.client())
    .addOption(sharedFlags.command())
    .addOption(sharedFlags.scenario())
    .option('--arrivals <rate>', 'calls on a schedule, whatever becomes of those before them, such as 50/s')
    .option('--poisson', 'with random gaps between arrivals, as users come')
    .option('--workers <number>', 'programs that make one call after the other', wholeNumber('--workers', 10_000, 1))
    .option('--at-once <number>', 'so many calls start at one moment', wholeNumber('--at-once', 100_000, 1))
    .option('--at <duration>', 'the moment of --at-once, since the load began (default: 0s)')
    .option('--for <duration>', 'how long calls are started (default: 60s)')
    .option('--ramp <duration>', 'time in which the load grows to its full height (default: 0s)')
    .option('--processes <number>', 'client processes (default: 4)', wholeNumber('--processes', 64, 1))
    .option(
      '--max-in-flight <number>',
      'scheduled calls beyond this many under way are dropped, and counted (default: 1000, of a command 64)',
      wholeNumber('--max-in-flight', 100_000, 1),
    )
    .option('--drain <duration>', 'time for calls under way when no more are started', '10s')
    .option('--background <rate>', 'requests beside them that never retry, to use up what is shared, such as 200/s')
    .option(
      '--hammer <connections>',
      'connections beside them that ask again at once and never back off, such as 50',
      wholeNumber('--hammer', MOST_CONNECTIONS, 1),
    )
    .option('--through <url>', 'the clients talk to a gateway at this address, which has the mock on --port as its upstream')
    .option('--port <number>', 'port of the mock (default: a free one)', wholeNumber('--port', 65_535))
    .option(
      '--shard <i/n>',
      'make the i-th of n parts of this load; others make the rest, and `compare --merge` tells of the whole',
    )
    .option('--start-at <moment>', 'begin then, by the clock of this machine, such as 2026-12-01T10:00:00Z')
    .addOption(sharedFlags.store())
    .option('--max-clock-error <duration>', "with --store: how far this machine's clock may be from the store's (default: 50ms)")
    .addOption(sharedFlags.adminPort())
    .addOption(sharedFlags.policyOverScenario())
    .addOption(sharedFlags.seed())
    .addOption(sharedFlags.reports())
    .addOption(sharedFlags.junit())
    .addOption(sharedFlags.strictRules())
    .option('--json', 'print report.json on stdout')
    .action(async (options) => finish(await (await import('./load.ts')).load(options)));
