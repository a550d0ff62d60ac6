import vm from 'node:vm';
import { below, fork, type Random } from '../core/random.ts';
import { boundSchema } from './bound-schema.ts';
import { lazily } from './load.ts';

type Generator = typeof import('json-schema-faker');
type Schema = Parameters<Generator['generateSync']>[0];

const generator = lazily<Generator>('#libraries/json-schema-faker');

/** A schema that passes `boundSchema` takes some milliseconds, a huge one a tenth of a second; this stops what it could not foresee. */
const TIMEOUT_MS = 800;

/** Words for strings where the schema says only how long they are. */
const WORDS = (
  'amber autumn bridge canyon cedar cobalt coral crystal delta ember falcon forest garden golden granite harbor horizon island ' +
  'juniper lantern lunar maple meadow morning north orchard pearl pine quiet raven river saffron silver solar spring stone summit ' +
  'timber valley velvet willow winter'
).split(' ');

const BOUNDS = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'];

let context: (vm.Context & { task?: () => unknown }) | undefined;
const script = new vm.Script('task()');

/**
 * A value made to satisfy the JSON Schema, the same for the same seed. Throws when the schema contradicts itself, refers
 * to what it does not contain, or asks for too many values.
 */
export function sampleSchema(schema: unknown, seed: number): unknown {
  const { generateSync } = generator();
  const random = fork(seed, 'schema');
  const options = {
    seed,
    maxDepth: 1_000,
    optionalsProbability: 0.7,
    formats: {
      duration: (source: { int(min: number, max: number): number }) => `P${source.int(1, 30)}DT${source.int(1, 23)}H`,
    },
    outputTransform: (value: unknown, at: unknown) => polished(value, at as Readonly<Record<string, unknown>>, random),
  };
  return withinTime(() => generateSync(boundSchema(schema) as Schema, options));
}

/** Runs synchronous work, and throws when it takes too long: the only way to stop it from outside. */
function withinTime(task: () => unknown): unknown {
  context ??= vm.createContext({});
  context.task = task;
  try {
    return script.runInContext(context, { timeout: TIMEOUT_MS });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new Error(`sampling the schema takes longer than ${TIMEOUT_MS} ms`);
  } finally {
    delete context.task;
  }
}

/** Random letters become words and endless fractions short ones, where the schema does not mind. */
function polished(value: unknown, schema: Readonly<Record<string, unknown>>, random: Random): unknown {
  if (schema['enum'] !== undefined || schema['const'] !== undefined) return value;
  if (typeof value === 'number') return shortened(value, schema);
  if (typeof value !== 'string' || schema['pattern'] !== undefined || schema['format'] !== undefined) return value;
  const min = countOf(schema['minLength'], 1);
  const max = countOf(schema['maxLength'], Number.POSITIVE_INFINITY);
  const length = Math.min(max, Math.max(min, 4 + below(random, 16)));
  let text = wordOf(random);
  while (text.length < length) text += ` ${wordOf(random)}`;
  return text.slice(0, max).trimEnd().padEnd(Math.min(min, max), 'a');
}

function wordOf(random: Random): string {
  return WORDS[below(random, WORDS.length)] ?? 'amber';
}

function shortened(given: number, schema: Readonly<Record<string, unknown>>): number {
  const value = BOUNDS.every((bound) => schema[bound] === undefined) ? Math.abs(given) : given;
  if (Number.isInteger(value)) return value;
  if (schema['multipleOf'] !== undefined) return Number(value.toPrecision(12));
  const short = Number(value.toFixed(2));
  const above = short > countOf(schema['minimum'], -Infinity) && short > countOf(schema['exclusiveMinimum'], -Infinity);
  const below = short < countOf(schema['maximum'], Infinity) && short < countOf(schema['exclusiveMaximum'], Infinity);
  return above && below ? short : value;
}

function countOf(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}
