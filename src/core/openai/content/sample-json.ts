import type { Libraries } from '../../libraries.ts';
import { perObject } from '../../memo/per-object.ts';
import { below, type Random } from '../../random.ts';

/**
 * JSON text that satisfies the schema, on one line as models write it. A schema that nothing satisfies, or that is too
 * large to try, is answered with an empty object: the real API refuses such a schema before a model sees it.
 */
export function sampleJson(schema: unknown, random: Random, libraries: Libraries): string {
  const earlier = typeof schema === 'object' && schema !== null ? samplesOf(schema) : [];
  if (earlier.length === MAX_SAMPLES) return earlier[below(random, MAX_SAMPLES)] ?? '{}';
  try {
    earlier.push(JSON.stringify(libraries.sampleSchema(schema, below(random, 2 ** 31))) ?? '{}');
  } catch {
    earlier.push(...Array<string>(MAX_SAMPLES - earlier.length).fill('{}'));
  }
  return earlier.at(-1) ?? '{}';
}

/** Samples of one request's schema: a schema may take long to sample, and 128 choices may want one each. */
const MAX_SAMPLES = 4;
const samplesOf = perObject((_schema: object): string[] => []);
