import type { Libraries } from '../libraries.ts';
import { below, type Random } from '../random.ts';

/**
 * JSON text that satisfies the schema, on one line as models write it. A schema that nothing satisfies, or that is too
 * large to try, is answered with an empty object: the real API refuses such a schema before a model sees it.
 */
export function sampleJson(schema: unknown, random: Random, libraries: Libraries): string {
  try {
    return JSON.stringify(libraries.sampleSchema(schema, below(random, 2 ** 31))) ?? '{}';
  } catch {
    return '{}';
  }
}
