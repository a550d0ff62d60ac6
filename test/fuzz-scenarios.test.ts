import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { explainService } from '../src/core/plan/explain-service.ts';
import { timeCoursesOf } from '../src/core/plan/time-courses.ts';
import { formatProblem, ScenarioError } from '../src/core/problem.ts';
import { fork, type Random } from '../src/core/random.ts';
import { timeChart } from '../src/core/report/time-chart.ts';
import { libraries } from '../src/libraries.ts';
import { loadScenario } from '../src/scenario-files/load-scenario.ts';
import { stopwatch } from './support/cpu-time.ts';
import { drive } from './support/drive.ts';
import { blocks } from './support/pages.ts';

/*
 * Scenarios of the whole language, put together from those of the pages and those that are bundled, and spoilt in one way or
 * another: each is read, played and told in words, or refused with its places. Some hundred run with the other tests;
 * `npm run fuzz:core` makes a hundred thousand.
 */

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 150);
const MOST_CPU_MS = 1_000;
const MINUTE_MS = 60_000;

const bundled = new URL('../scenarios/', import.meta.url);
const texts = [
  ...blocks().flatMap(({ language, kind, code }) => (`${language} ${kind}` === 'yaml scenario' ? [code] : [])),
  ...blocks().flatMap(({ language, kind, code }) =>
    `${language} ${kind}` === 'yaml rules' ? [stringify({ rules: parse(code) })] : [],
  ),
  ...readdirSync(bundled).flatMap((name) => (name.endsWith('.yaml') ? [readFileSync(new URL(name, bundled), 'utf8')] : [])),
];
const corpus: readonly Json[] = texts.map((text) => parse(text));
const strange: readonly Json[] = [
  ...JSON.parse(readFileSync(new URL('support/strange-values.json', import.meta.url), 'utf8')),
  ...[
    '1s',
    '0s..5s',
    '-1s',
    '1e9h',
    '9'.repeat(400),
    '/(/',
    '/a/',
    '*',
    '{{prompt}}',
    '{{',
    '~',
    '&a',
    '*a',
    '!!js',
    'until_end',
    'ok',
  ],
  { from: 0, to: 1, over: '1s' },
  { every: '1s', for: '1s' },
  [],
  {},
];

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Place = readonly (string | number)[];

/** Every place of a value, itself included. */
function placesIn(value: Json, here: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [here];
  return [here, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner as Json, [...here, key]))];
}

function at(value: Json, place: Place): Json {
  return place.reduce<Json>((inner, key) => (inner as Record<string, Json>)[key] ?? null, value);
}

function replaced(value: Json, [key, ...rest]: Place, by: Json): Json {
  if (key === undefined) return by;
  const copy: Record<string | number, Json> = (Array.isArray(value) ? [...value] : { ...(value as object) }) as never;
  copy[key] = replaced(copy[key] ?? null, rest, by);
  return copy as never;
}

/** The values of the corpus by the key that they stand under. */
const byKey = new Map<string, Json[]>();
for (const value of corpus) {
  for (const place of placesIn(value)) {
    const key = String(place.filter((part) => !/^\d+$/.test(String(part))).at(-1) ?? '');
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, [at(value, place)]);
    else known.push(at(value, place));
  }
}
const keys = [...byKey.keys()];

/** Draws from a list, or a number from 0 to 1. */
class Choices {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = fork(seed, 'scenario');
  }

  number(): number {
    return this.#random();
  }

  of<Value>(list: readonly Value[]): Value {
    return list[Math.floor(this.#random() * list.length)] as Value;
  }
}

/** A scenario of the corpus with pieces of others, and with pieces that belong nowhere. */
function scenarioFrom(choice: Choices): string {
  let value: Json = { ...(choice.of(corpus) as object), ...(choice.number() < 0.5 ? (choice.of(corpus) as object) : {}) };
  for (let change = Math.floor(choice.number() * 4); change > 0; change--) {
    const place = choice.of(placesIn(value));
    const key = String(place.at(-1) ?? '');
    const kind = choice.number();
    if (kind < 0.4) value = replaced(value, place, choice.of(byKey.get(key) ?? strange));
    else if (kind < 0.7) value = replaced(value, place, choice.of(strange));
    else
      value = replaced(
        value,
        [...(typeof at(value, place) === 'object' ? place : place.slice(0, -1)), choice.of(keys)],
        choice.of(strange),
      );
  }
  const text = stringify(value);
  if (choice.number() < 0.8) return text;
  const cut = Math.floor(choice.number() * text.length);
  return (
    text.slice(0, cut) +
    choice.of(['', '\t', '\0', ': ', '- ', '"', '&a ', '*a', '\n---\n', '{', '#']) +
    text.slice(cut + Math.floor(choice.number() * 3))
  );
}

/** Reads the scenario, plays it, and tells it in words. Returns what is wrong with the scenario, a line each. */
function outcomeOf(text: string): 'played' | readonly string[] {
  try {
    const loaded = loadScenario({ file: 'fuzzed.yaml', text }, libraries);
    for (const { scenario, plan } of [loaded, ...loaded.providers.values()]) {
      explainService(scenario, plan);
      timeChart({ courses: timeCoursesOf(plan, 5 * MINUTE_MS), untilMs: 5 * MINUTE_MS });
    }
    const mock = drive(text);
    for (const fields of [{}, { stream: true }, { stream: true, tools: [] }]) {
      mock.send({ fields });
      mock.clock.advance(700);
    }
    return 'played';
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    return error.problems.map(formatProblem);
  }
}

test(`${RUNS} scenarios of the whole language are played, or refused with their places, each in less than a second`, {
  timeout: 3_600_000,
}, () => {
  let played = 0;
  let refused = 0;
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const text = scenarioFrom(new Choices(seed));
      const cpuMs = stopwatch();
      const outcome = outcomeOf(text);
      expect(cpuMs(), text).toBeLessThan(MOST_CPU_MS);
      if (outcome === 'played') played += 1;
      else {
        refused += 1;
        expect(outcome.length).toBeGreaterThan(0);
        for (const problem of outcome)
          expect(problem, text).toMatch(/^fuzzed\.yaml:\d+:\d+ \S|^fuzzed\.yaml: and \d+ more problems$/);
      }
    }),
    { numRuns: RUNS },
  );
  // Both happen often enough to say something.
  expect(Math.min(played, refused)).toBeGreaterThan(RUNS / 10);
});
