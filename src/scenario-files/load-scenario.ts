import { isUtf8 } from 'node:buffer';
import { randomInt } from 'node:crypto';
import { closeSync, openSync, readdirSync, readSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { faultsByName as faults } from '../core/faults/registry.ts';
import type { Libraries } from '../core/libraries.ts';
import { asRecord } from '../core/openai/request/request.ts';
import { compilePlan, type Plan } from '../core/plan/compile.ts';
import { takesServerDown } from '../core/plan/downtime-at.ts';
import { withoutEffect } from '../core/plan/without-effect.ts';
import { type Problem, ScenarioError } from '../core/problem.ts';
import { OF_THE_SERVER } from '../core/scenario/of-the-server.ts';
import { parseScenario, type Source } from '../core/scenario/parse.ts';
import type { Scenario, ScenarioInput } from '../core/scenario/schema.ts';
import { MAX_TEXT_LENGTH } from '../core/scenario/yaml-document.ts';
import { suggest } from '../core/text/suggest.ts';
import { readingFailure } from './reading-failure.ts';

/** A scenario that was read, with the seed it runs under. */
export interface LoadedScenario {
  readonly source: Source;
  readonly scenario: Scenario;
  /** The data as written. */
  readonly raw: unknown;
  readonly plan: Plan;
  /** The further services of the scenario, by name. */
  readonly providers: ReadonlyMap<string, LoadedScenario>;
  /** Rules that can never strike and replies that can never speak, in the order of the file. */
  readonly warnings: readonly Problem[];
}

const BUNDLED = fileURLToPath(new URL('../../scenarios/', import.meta.url));
/** Of the working directory: the place of a user's own scenarios, which go before bundled ones of the same name. */
const OWN = 'scenarios';
const YAML_ENDING = /\.ya?ml$/i;

/** Names of the scenarios that come with the package, in alphabetical order. */
export function bundledScenarios(): string[] {
  return scenariosIn(BUNDLED);
}

/** Names of the scenarios in the folder `scenarios` of the working directory, in alphabetical order. */
export function ownScenarios(): string[] {
  const folder = statSync(OWN, { throwIfNoEntry: false });
  if (folder?.isDirectory() !== true || realpathSync(OWN) === realpathSync(BUNDLED)) return [];
  return scenariosIn(OWN);
}

function scenariosIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => YAML_ENDING.test(file) && isFile(join(folder, file)))
    .map((file) => file.replace(YAML_ENDING, ''))
    .sort();
}

/** Whether a scenario given as a string is its text: it has a line break or a colon and space, or is a mapping in braces, as JSON is. */
export function isScenarioText(given: string): boolean {
  return given.includes('\n') || /:\s/.test(given) || given.trimStart().startsWith('{');
}

/**
 * Finds out what a scenario given as a string is: its text, else a
 * path when it looks like one or such a file exists, else the name of a bundled scenario.
 * Throws a ScenarioError when the file cannot be read or no scenario has that name.
 */
export function sourceOf(scenario: string | ScenarioInput): Source {
  if (typeof scenario !== 'string') return { file: 'scenario', data: scenario };
  if (isScenarioText(scenario)) return { file: 'scenario', text: scenario };
  return givenSource(scenario);
}

/** The scenario that a command is given: a file, or the name of a bundled one. Throws a ScenarioError when there is none. */
export function givenSource(given: string): Source {
  return fileSource(scenarioPath(given), given);
}

/** The file that `--scenario` means: a path, or the name of a bundled scenario. */
export function scenarioPath(given: string): string {
  if (given.trim() === '')
    throw new ScenarioError([{ file: 'scenario', path: '', message: 'it is empty: give a file, or the name of a bundled one' }]);
  const looksLikePath = YAML_ENDING.test(given) || /[\\/]/.test(given);
  if (looksLikePath || isFile(given)) return given;
  if (statOf(given)?.isDirectory() === true)
    throw new ScenarioError([{ file: given, path: '', message: 'it is a folder; a scenario is a file' }]);
  return namedPath(given);
}

/** The file of the scenario of that name: a user's own, else a bundled one. Throws a ScenarioError when none has it. */
export function namedPath(name: string): string {
  const own = ownScenarios();
  if (own.includes(name)) return [`${OWN}/${name}.yaml`, `${OWN}/${name}.yml`].find(isFile) ?? `${OWN}/${name}.yaml`;
  return bundledPath(name, own);
}

/** The file of a bundled scenario. Throws a ScenarioError when none has that name, which tells those of `own`, too. */
export function bundledPath(given: string, own: readonly string[] = []): string {
  const names = bundledScenarios();
  if (names.includes(given)) return join(BUNDLED, `${given}.yaml`);
  const hint = suggest(given, [...own, ...names]);
  const known = `${own.length === 0 ? '' : ` In ${OWN}/: ${own.join(', ')}.`} Bundled: ${names.join(', ')}.`;
  const message = `no file and no bundled scenario has this name.${hint === '' ? known : hint}`;
  throw new ScenarioError([{ file: given, path: '', message }]);
}

/** Reads a scenario file. Throws a ScenarioError when it cannot be read. */
export function fileSource(path: string, shownAs = path): Source {
  return readSource(path, { shownAs, what: 'scenario' });
}

/** Reads a file of YAML or JSON; `what` it is to be is told when it cannot be read. */
export function readSource(path: string, { shownAs, what }: { shownAs: string; what: string }): Source {
  try {
    const bytes = readAtMost(path, 4 * MAX_TEXT_LENGTH);
    if (bytes === undefined) throw new Error(`the file is too long; a ${what} has at most ${MAX_TEXT_LENGTH} characters`);
    if (bytes.includes(0) || !isUtf8(bytes)) throw new Error('it is no text in UTF-8');
    return { file: shownAs === path ? path : basename(path), text: bytes.toString() };
  } catch (error) {
    throw new ScenarioError([
      {
        file: path,
        path: '',
        message: `cannot read the ${what}: ${readingFailure(error)}`,
      },
    ]);
  }
}

/** What the file holds; undefined where it is longer than `maxBytes`, as a device may be without end. */
function readAtMost(path: string, maxBytes: number): Buffer | undefined {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(maxBytes + 1);
    let length = 0;
    while (length <= maxBytes) {
      const read = readSync(file, buffer, length, buffer.length - length, null);
      if (read === 0) return Buffer.from(buffer.subarray(0, length));
      length += read;
    }
    return undefined;
  } finally {
    closeSync(file);
  }
}

/** Source → plan. `seed` replaces the scenario's own, `random` takes one of `anySeed`. Throws a ScenarioError with every problem. */
export function loadScenario(
  source: Source,
  libraries: Libraries,
  seed?: Scenario['seed'],
  anySeed: () => number = () => randomInt(2 ** 32),
): LoadedScenario {
  const parsed = parseScenario(source, libraries);
  if (parsed.problems !== undefined) throw new ScenarioError(parsed.problems, 'text' in source ? source.text : undefined);
  const scenario = parsed.value;
  const wanted = seed ?? scenario.seed;
  const chosen = wanted === 'random' ? anySeed() : wanted;
  const name = scenario.name ?? (source.file === 'scenario' ? 'scenario' : basename(source.file).replace(YAML_ENDING, ''));
  const plan = compilePlan({ ...scenario, name }, chosen, { libraries, faults });
  const providers = loadProviders({ source, scenario, raw: parsed.raw, plan }, libraries);
  const idle = [...providers].flatMap(([id, own]) =>
    withoutEffect(own.scenario, own.plan, libraries).map((found) => ({ ...found, path: ['providers', id, ...found.path] })),
  );
  const warnings = parsed.place([...withoutEffect(scenario, plan, libraries), ...idle]);
  return { source, scenario, raw: parsed.raw, plan, providers, warnings };
}

const NO_PROVIDERS: LoadedScenario['providers'] = new Map();

/** The services under `providers:`. All are judged by what the scenario expects, and draw by its seed. */
function loadProviders(
  { source, scenario, raw, plan: { name, seed } }: Pick<LoadedScenario, 'source' | 'scenario' | 'raw' | 'plan'>,
  libraries: Libraries,
): LoadedScenario['providers'] {
  const entries = Object.entries(scenario.providers).map(([id, { scenario: file, dialect, ...own }]) => {
    const { expect } = scenario;
    const named = file === undefined ? undefined : namedProvider(file, { source, id, libraries });
    const service: Scenario = { ...(named?.scenario ?? own), providers: {}, seed, expect };
    const plan = compilePlan({ ...service, name: service.name ?? `${name}/${id}` }, seed, {
      libraries,
      faults,
      provider: id,
      dialect,
    });
    const written = asRecord(asRecord(asRecord(raw)?.['providers'])?.[id]);
    const loaded = { source, scenario: service, raw: named?.raw ?? written, plan, providers: NO_PROVIDERS, warnings: [] };
    return [id, loaded] as const;
  });
  return new Map(entries);
}

/** The scenario that a provider names. Throws a ScenarioError where there is none, or where it has providers of its own. */
function namedProvider(
  file: string,
  { source, id, libraries }: { readonly source: Source; readonly id: string; readonly libraries: Libraries },
): Pick<LoadedScenario, 'scenario' | 'raw'> {
  const refuse = (message: string) => new ScenarioError([{ file: source.file, path: `providers.${id}.scenario`, message }]);
  const loaded = loadScenario(givenSource(file), libraries);
  if (takesServerDown(loaded.plan.rules)) throw refuse(`${file} has a rule that ${OF_THE_SERVER}`);
  if (loaded.providers.size > 0) throw refuse(`${file} has providers of its own; name a scenario of one service`);
  return loaded;
}

/** Whether it is a regular file; false where there is none. */
export function isFile(path: string): boolean {
  return statOf(path)?.isFile() ?? false;
}

/** Undefined where nothing has that name; none has a NUL in it. */
function statOf(path: string): Stats | undefined {
  return path.includes('\0') ? undefined : statSync(path, { throwIfNoEntry: false });
}
