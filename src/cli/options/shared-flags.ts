import { Option } from 'commander';
import { nonEmpty } from './non-empty.ts';
import { wholeNumber } from './whole-number.ts';

/** Flags that several commands have, in the same words. Each call makes a new one. */
export const sharedFlags = {
  adminPort: () =>
    new Option(
      '--admin-port <number>',
      'port of the admin API and the metrics, which stays up when the scenario takes the server down; 0 picks a free one (default: that of the mock)',
    ).argParser(wholeNumber('--admin-port', 65_535)),
  client: () => new Option('--client <module>', 'JavaScript module whose default export makes one call'),
  command: () =>
    new Option('--command <line>', 'command that makes one call, run once a call: exit code 0 is a success').argParser(
      nonEmpty('--command'),
    ),
  journal: () => new Option('--journal <file>', 'append every request to this file, one JSON object a line'),
  junit: () => new Option('--junit <file>', 'write the findings as JUnit XML'),
  policyOverScenario: () => new Option('--policy <file or preset>', "what is expected of the client, over the scenario's expect"),
  port: (standard: number) =>
    new Option('--port <number>', 'port to listen on; 0 picks a free one')
      .argParser(wholeNumber('--port', 65_535))
      .default(standard),
  reports: () => new Option('--report <folder>', 'write report.json, report.html, junit.xml and summary.md there'),
  scenario: () => new Option('--scenario <file or name>', 'scenario file, or the name of a bundled one; default: all is healthy'),
  seed: () => new Option('--seed <number>', "replaces the scenario's seed").argParser(wholeNumber('--seed')),
  store: () =>
    new Option(
      '--store <url>',
      'Redis or Valkey, such as redis://127.0.0.1:6379: all mocks that are started with it are one mock',
    ).argParser(nonEmpty('--store')),
  tls: () => new Option('--tls', 'connections are opened by TLS; the certificate, and an authority that signs it, are made'),
  strictRules: () => new Option('--strict', 'fail when a rule is inconclusive, too'),
};
