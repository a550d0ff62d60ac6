import { styleText } from 'node:util';
import type { ScenarioError } from '../../core/problem.ts';
import { messageOf } from '../../core/text/message-of.ts';
import { printable, printableLines } from '../../core/text/printable.ts';
import type { JournalRecord } from '../../exchange/record.ts';
import { packageVersion } from '../../report/package-version.ts';
import type { Session } from '../../session/session.ts';
import { BoundedOutput } from './bounded-output.ts';

/** A server that has started. */
interface Listening {
  readonly origin: string;
  /** Where the admin API is. */
  readonly adminOrigin: string;
  readonly scenario: string;
  readonly seed: number;
  /** How many the scenario has. */
  readonly rules: number;
  /** Processes that serve. */
  readonly workers: number;
  /** The URL of the store, without its password; undefined where the state is in this process. */
  readonly store: string | undefined;
  readonly adminOff: boolean;
  /** The base URLs of further services, by name. */
  readonly providers: Readonly<Record<string, string>>;
  /** The file of the authority that clients have to trust; undefined where there is none. */
  readonly authority: string | undefined;
}

/** What a running server tells the user. */
export interface ServeOutput {
  listening(server: Listening): void;
  request(entry: JournalRecord, session: Session): void;
  /** New connections are shown another certificate. */
  renewed(): void;
  reloaded(plan: { name: string; seed: number; rules: readonly unknown[] }): void;
  /** The text is what people are told of the problems. */
  keptOld(error: ScenarioError, text: string): void;
  warning(message: string): void;
  failure(error: unknown): void;
  stopped(signal: string): void;
  /** Resolves when the reader has taken all that was told, or does not: whether it has. */
  settled(): Promise<boolean>;
}

/** Chooses how to talk: JSON events, lines for people, or hardly at all. Errors go to stderr whatever is chosen. */
export function createServeOutput(options: { quiet?: boolean; verbose?: boolean; json?: boolean }): ServeOutput {
  if (options.json) return jsonOutput();
  return textOutput(options.quiet ?? false, options.verbose ?? false);
}

function jsonOutput(): ServeOutput {
  const line = (name: string, fields: object) => `${JSON.stringify({ event: name, ...fields })}\n`;
  const output = new BoundedOutput(process.stdout, (events) => line('left_out', { events }));
  const event = (name: string, fields: object = {}) => output.write(line(name, fields));
  return {
    listening: ({ origin, adminOrigin, scenario, seed, rules, workers, store, adminOff, providers, authority }) =>
      event('listening', {
        base_url: `${origin}/v1`,
        admin_url: adminOff ? null : `${adminOrigin}/__admin`,
        scenario,
        seed,
        rules,
        workers,
        ...(store === undefined ? {} : { store }),
        ...(Object.keys(providers).length === 0 ? {} : { providers }),
        ...(authority === undefined ? {} : { authority }),
      }),
    request: (entry, session) => event('request', { entry: session.view(entry) }),
    renewed: () => event('certificate_renewed'),
    reloaded: ({ name, seed, rules }) => event('reloaded', { scenario: name, seed, rules: rules.length }),
    keptOld: ({ problems }) => event('reload_failed', { problems }),
    warning: (message) => event('warning', { message }),
    failure: (error) =>
      event('failure', {
        message: messageOf(error),
      }),
    stopped: (signal) => event('stopped', { signal }),
    settled: () => output.settled(),
  };
}

function textOutput(quiet: boolean, verbose: boolean): ServeOutput {
  const terminal = process.stdout.isTTY === true;
  const output = new BoundedOutput(process.stderr, (lines) => `${lines} lines were left out: nobody read them\n`);
  const say = (text: string) => {
    if (!quiet) output.write(`${text}\n`);
  };
  return {
    listening({ origin, adminOrigin, scenario, seed, rules, workers, store, adminOff, providers, authority }) {
      const processes = `${workers === 1 ? '' : `, ${workers} workers`}${store === undefined ? '' : `, a replica at ${store}`}`;
      const about = `mock-openai ${packageVersion()}: scenario ${scenario}, seed ${seed}, ${rulesText(rules)}${processes}`;
      // Scripts read the first line of stdout.
      if (!terminal) process.stdout.write(`${origin}/v1\n`);
      say(paint('dim', printable(about)));
      if (terminal && !quiet) process.stdout.write(`${paint('bold', `${origin}/v1`)}\n`);
      addressLines({ origin, adminOrigin, adminOff, providers, authority }).forEach(say);
    },
    request: (entry) => {
      if (verbose) say(requestLine(entry));
    },
    renewed: () => say('the certificate was renewed: new connections are shown it'),
    reloaded: ({ name, seed, rules }) =>
      say(printable(`reloaded: scenario ${name}, seed ${seed}, ${rulesText(rules.length)}; counters start anew`)),
    keptOld: (_error, text) => output.write(`${printableLines(text)}\nThe scenario was not reloaded: the old one goes on.\n`),
    warning: (message) => output.write(`${printableLines(message)}\n`),
    failure: (error) =>
      output.write(printableLines(`mock-openai failed: ${error instanceof Error ? error.stack : String(error)}\n`)),
    stopped: (signal) => say(`stopped by ${signal}`),
    settled: () => output.settled(),
  };
}

/** What is elsewhere than at the base URL. */
function addressLines({
  origin,
  adminOrigin,
  adminOff,
  providers,
  authority,
}: Pick<Listening, 'origin' | 'adminOrigin' | 'adminOff' | 'providers' | 'authority'>): string[] {
  return [
    ...Object.entries(providers).map(([name, url]) => `  ${name}: ${url}`),
    ...(authority === undefined ? [] : [`  authority, for clients to trust: ${authority}`]),
    ...(adminOrigin === origin || adminOff ? [] : [`  admin: ${adminOrigin}/__admin`]),
    ...(adminOff ? ['The admin API is off: it needs --admin-token on a host that is not loopback.'] : []),
  ];
}

function rulesText(count: number): string {
  return `${count} ${count === 1 ? 'rule' : 'rules'}`;
}

type Style = 'dim' | 'bold' | 'green' | 'yellow' | 'red';

function paint(style: Style, text: string): string {
  const colours = process.stderr.isTTY === true && (process.env['NO_COLOR'] ?? '') === '';
  return colours ? styleText(style, text) : text;
}

/** `18:54:12.031  429  POST /v1/chat/completions  gpt-4o  call #3 attempt 2  rate_limit  retry-after 2  1.4 ms`. */
function requestLine(entry: JournalRecord): string {
  const status = entry.status === null ? (entry.closedBy === 'client' ? 'left' : 'cut') : String(entry.status);
  const end = entry.t_lastByte ?? entry.t_clientClose;
  const faults = entry.faultApplied?.faults.map(({ name }) => name).join(', ');
  const parts = [
    paint('dim', new Date(entry.wallMs).toISOString().slice(11, 23)),
    paint(styleOf(entry.status), status.padEnd(4)),
    printable(`${entry.method} ${entry.path}`),
    printable(entry.model ?? ''),
    printable(`call ${entry.logicalId} attempt ${entry.attemptSeq}`),
    faults === undefined ? '' : paint('yellow', faults),
    entry.errorCode === null ? '' : printable(String(entry.errorCode)),
    entry.hint === null ? '' : printable(`${entry.hint.header} ${entry.hint.raw}`),
    entry.closedBy === null ? '' : paint('red', entry.closedBy === 'client' ? 'client left' : 'cut'),
    end === null ? '' : paint('dim', `${(end - entry.t_headers).toFixed(1)} ms`),
  ];
  return parts.filter((part) => part !== '').join('  ');
}

function styleOf(status: number | null): Style {
  if (status === null || status >= 500) return 'red';
  return status >= 400 ? 'yellow' : 'green';
}
