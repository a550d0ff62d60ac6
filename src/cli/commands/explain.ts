import { asRecord } from '../../core/openai/request/request.ts';
import { askedTransport } from '../../core/plan/asked-transport.ts';
import { explainService, type ServiceInWords } from '../../core/plan/explain-service.ts';
import { changesWithTime, type TimeCourse, timeCoursesOf } from '../../core/plan/time-courses.ts';
import { written } from '../../core/plan/written.ts';
import { timeChart } from '../../core/report/time-chart.ts';
import { printable, printableLines } from '../../core/text/printable.ts';
import { libraries } from '../../libraries.ts';
import { givenSource, type LoadedScenario, loadScenario } from '../../scenario-files/load-scenario.ts';
import { type Played, playThrough } from '../../session/play-through.ts';
import { sessionURL } from '../../session/session-url.ts';
import { exitCode } from '../output/exit-code.ts';
import { warningTexts } from '../output/problem-text.ts';
import { table } from '../output/table.ts';
import { terminalOptions } from '../output/terminal-options.ts';

export interface ExplainOptions {
  /** Requests to play through. */
  readonly requests: number;
  readonly seed?: number;
  /** Draws the scenario over time, in place of words. */
  readonly chart?: boolean;
  readonly json?: boolean;
}

/** What a chart shows. */
const CHARTED_MS = 300_000;
const USUAL_COLUMNS = 80;

/** One service of a scenario: that at /v1, or a provider. */
interface Service {
  /** Undefined for the one at /v1. */
  readonly name: string | undefined;
  readonly loaded: LoadedScenario;
  readonly words: ServiceInWords;
  readonly courses: readonly TimeCourse[];
}

/** Prints the scenario in words, then what would happen to the first requests; or its course over time, or all of it as JSON. */
export async function explain(file: string, { requests, seed, chart, json }: ExplainOptions): Promise<number> {
  const loaded = loadScenario(givenSource(file), libraries, seed);
  for (const text of warningTexts(loaded)) process.stderr.write(`${printableLines(text)}\n`);
  const services = [serviceOf(undefined, loaded), ...[...loaded.providers].map(([name, own]) => serviceOf(name, own))];
  if (json === true) {
    process.stdout.write(`${JSON.stringify(inJson(services, loaded, requests), null, 2)}\n`);
    return exitCode.pass;
  }
  // Colours are the one thing that `printableLines` may not see.
  const text =
    chart === true ? chartText(services, loaded) : `${printableLines(wordsText(services, loaded))}${played(loaded, requests)}`;
  process.stdout.write(text);
  return exitCode.pass;
}

function serviceOf(name: string | undefined, loaded: LoadedScenario): Service {
  const { scenario, plan } = loaded;
  return { name, loaded, words: explainService(scenario, plan), courses: timeCoursesOf(plan, CHARTED_MS) };
}

function title({ plan, scenario }: LoadedScenario): string[] {
  return [`${plan.name}, seed ${plan.seed}`, ...(scenario.description === undefined ? [] : [scenario.description.trim()])];
}

function wordsText([main, ...providers]: readonly Service[], loaded: LoadedScenario): string {
  const lines = [...title(loaded), ...(main === undefined ? [] : linesOf(main.words))];
  for (const provider of providers) {
    const { description } = provider.loaded.scenario;
    lines.push(
      '',
      `Provider ${provider.name ?? ''}, at ${addressOf(provider)}:${description === undefined ? '' : ` ${description.trim()}`}`,
    );
    lines.push(...linesOf(provider.words).map((line) => (line === '' ? '' : `  ${line}`)));
  }
  const expected = asRecord(asRecord(loaded.raw)?.['expect']);
  if (expected !== undefined) lines.push('', `Expected of the client: ${written(expected)}`);
  return `${lines.join('\n')}\n`;
}

function addressOf({ name = '', loaded: { plan } }: Service): string {
  return sessionURL('', { id: name, plan });
}

/** What one service does: how it is set up, its replies, its limits, its capacity, its rules. */
function linesOf({ settings, replies, limits, capacity, rules, remarks }: ServiceInWords): string[] {
  const lines: string[] = [];
  if (settings.length > 0) lines.push('', ...settings);
  if (replies.length > 0)
    lines.push('', 'What healthy answers say, the first that matches:', ...replies.map((line) => `  ${line}`));
  if (limits.length > 0) {
    lines.push('', 'Limits, a set of buckets for each API key and model family; the first that fits the model:');
    lines.push(...limits.map((limit) => `  ${limit}`));
  }
  if (capacity !== undefined) lines.push('', `Capacity, of the whole session: ${capacity}.`);
  const admitted = capacity === undefined ? 'that the limits admit ' : 'that is admitted ';
  const noRules = `No rules: every request ${limits.length > 0 || capacity !== undefined ? admitted : ''}is healthy.`;
  lines.push('', rules.length === 0 ? noRules : 'The first rule that fires decides:');
  for (const [index, { name, summary, dependsOnArrival }] of rules.entries()) {
    const order = dependsOnArrival ? ' (depends on the order of arrival)' : '';
    lines.push(`  ${index + 1}. ${name === undefined ? '' : `${name}: `}${summary}${order}`);
  }
  lines.push(...remarks.map((remark) => `  ${remark}`));
  return lines;
}

function played(loaded: LoadedScenario, requests: number): string {
  if (requests === 0) return '';
  const services = loaded.providers.size === 0 ? [loaded] : [...loaded.providers.values()];
  const transports = services.map(({ plan }) => askedTransport(plan.rules));
  const ways = [
    transports.some(({ protocol }) => protocol === 'http/2') ? ' by HTTP/2' : '',
    transports.some(({ isTls }) => isTls) ? ' over TLS' : '',
  ];
  const intro =
    `\nThe first requests, played through: chat completions${ways.join('')}, every other call streaming, one request a second,\n` +
    'each failed call retried twice as the official SDKs do:\n\n';
  if (loaded.providers.size === 0) return intro + printableLines(playTable(loaded, requests));
  const tables = [...loaded.providers].map(([name, provider]) => `To ${name}:\n\n${playTable(provider, requests)}`);
  return intro + printableLines(tables.join('\n'));
}

function playTable(service: LoadedScenario, requests: number): string {
  const rows = playThrough(service, requests, libraries).map(({ request, call, attempt, rule, faults, outcome }) => [
    String(request),
    String(call),
    String(attempt),
    outcome,
    faults,
    rule,
  ]);
  return table([['request', 'call', 'attempt', 'outcome', 'fault', 'rule'], ...rows]);
}

const SINCE = { first_call: 'the first call', start: 'the start' } as const;

/** The first five minutes of each service as lines of blocks. */
function chartText(services: readonly Service[], loaded: LoadedScenario): string {
  const options = terminalOptions(process.stdout, USUAL_COLUMNS);
  const moving = services.filter(({ courses }) => changesWithTime(courses));
  const shown = moving.length === 0 ? services.slice(0, 1) : moving;
  const charts = shown.flatMap(({ name, loaded: { plan }, courses }) => {
    const since = `The first 5 minutes after ${SINCE[plan.clock]}:`;
    const heading = name === undefined ? since : `Provider ${printable(name)}. ${since}`;
    const chart = timeChart({ courses, untilMs: CHARTED_MS }, options);
    return ['', ...(moving.length === 0 ? [] : [heading, '']), ...chart];
  });
  return `${[...title(loaded).map(printableLines), ...charts].join('\n')}\n`;
}

interface ExplainedService extends ServiceInWords {
  /** Null for the one at /v1. */
  readonly provider: string | null;
  readonly clock: string;
  readonly courses: readonly TimeCourse[];
  readonly requests: readonly Played[];
}

function inJson(services: readonly Service[], loaded: LoadedScenario, requests: number): object {
  const { plan, scenario } = loaded;
  const played = (service: Service) => {
    const isAsked = requests > 0 && (service.name !== undefined || loaded.providers.size === 0);
    return isAsked ? playThrough(service.loaded, requests, libraries) : [];
  };
  return {
    name: plan.name,
    seed: plan.seed,
    description: scenario.description?.trim() ?? null,
    chartedMs: CHARTED_MS,
    services: services.map(
      (service): ExplainedService => ({
        provider: service.name ?? null,
        clock: service.loaded.plan.clock,
        ...service.words,
        courses: service.courses,
        requests: played(service),
      }),
    ),
  };
}
