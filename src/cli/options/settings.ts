import type { Command, Option } from 'commander';
import { suggest } from '../../core/text/suggest.ts';
import { UsageError } from './usage-error.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = 'MOCK_OPENAI_';
/** Flags that say nothing about the mock. */
const NO_SETTINGS = ['help', 'version'];

/** What the mock hands to the commands that it runs. */
const HANDED = /^MOCK_OPENAI_(?:ORIGIN|ADMIN_URL|CALL|PROMPT|STREAM|URL|SHARDS|[A-Z0-9_]+_BASE_URL)$/;
/** What Kubernetes sets in every pod beside a service of the name mock-openai, and Docker beside a linked container. */
const SERVICE = /^MOCK_OPENAI_(?:SERVICE_(?:HOST|PORT(?:_\w+)?)|PORT_\d+_(?:TCP|UDP)(?:_\w+)?|NAME|ENV_\w+)$/;
const SERVICE_ADDRESS = /^(?:tcp|udp):\/\//;

/** The first of these flags excludes the others: each says how the server talks. */
const OUTPUT = ['quiet', 'verbose', 'json'];

/** `MOCK_OPENAI_ADMIN_TOKEN` of `--admin-token`: every flag of `serve` and `run` has its variable. */
function variableOf(option: Option): string {
  return PREFIX + option.name().replaceAll('-', '_').toUpperCase();
}

/**
 * Gives a command the settings of the environment where no flag does, all of them or those of the options given. An empty variable is none. Returns the names of the
 * variables that were taken. Throws a UsageError that names the variable whose value is wrong.
 */
export function takeSettings(
  command: Command,
  environment: Environment,
  options: readonly Option[] = settable(command),
): string[] {
  const given = (key: string) => command.getOptionValueSource(key) === 'cli';
  const talks = OUTPUT.some(given);
  const taken: string[] = [];
  for (const option of options) {
    const variable = variableOf(option);
    const key = option.attributeName();
    const text = environment[variable]?.trim() ?? '';
    if (text === '' || SERVICE_ADDRESS.test(text) || given(key) || (talks && OUTPUT.includes(key))) continue;
    command.setOptionValueWithSource(key, readValue(option, { variable, text }), 'env');
    taken.push(variable);
  }
  const { quiet, verbose, json } = command.opts();
  if (!talks && quiet && (verbose || json))
    throw new UsageError(`MOCK_OPENAI_QUIET cannot be used with MOCK_OPENAI_${verbose ? 'VERBOSE' : 'JSON'}.`);
  return taken;
}

/** A line for each variable that looks like a setting and is none. */
export function unknownSettings(commands: readonly Command[], environment: Environment): string[] {
  const known = commands.flatMap(settable).map(variableOf);
  return Object.keys(environment)
    .filter((name) => name.startsWith(PREFIX) && !known.includes(name) && !HANDED.test(name) && !SERVICE.test(name))
    .map((name) => `${name} is no setting of mock-openai.${nearest(name, known)}`);
}

/** What comes after the prefix makes the difference. */
function nearest(name: string, known: readonly string[]): string {
  const rest = (variable: string) => variable.slice(PREFIX.length);
  return suggest(rest(name), known.map(rest)).replace('"', `"${PREFIX}`);
}

function settable(command: Command): Option[] {
  return command.options.filter((option) => !NO_SETTINGS.includes(option.name()));
}

function readValue(option: Option, { variable, text }: { variable: string; text: string }): unknown {
  if (!option.required && !option.optional) return truth(variable, text);
  try {
    return option.parseArg === undefined ? text : option.parseArg(text, undefined);
  } catch (error) {
    // Flags are named by what reads them.
    const message = (error as Error).message.replaceAll(option.long ?? '', variable).replace(/\.?$/, '');
    throw new UsageError(`${message}; found ${JSON.stringify(text)}.`);
  }
}

function truth(variable: string, text: string): boolean {
  if (/^(?:1|true|yes|on)$/i.test(text)) return true;
  if (/^(?:0|false|no|off)$/i.test(text)) return false;
  throw new UsageError(`${variable} takes true or false; found ${JSON.stringify(text)}.`);
}
