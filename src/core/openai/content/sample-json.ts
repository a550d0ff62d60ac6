import type { Libraries } from '../../libraries.ts';
import { perObject } from '../../memo/per-object.ts';
import { below, type Random } from '../../random.ts';
import type { ReplyContext } from '../request/reply-context.ts';
import { REQUEST_BOUNDS } from '../request/request-bounds.ts';

/** Samples of one request's schema: 128 choices may want one each. */
const MAX_SAMPLES = 4;

/**
 * JSON text that satisfies the schema, on one line as models write it. A schema that nothing satisfies, or that is too
 * large to try, is answered with an empty object: the real API refuses such a schema before a model sees it. Samples of a
 * schema are said again when there are four, or when those of the answer have cost enough.
 */
export function sampleJson(
  schema: unknown,
  random: Random,
  { libraries, request }: Pick<ReplyContext, 'libraries' | 'request'>,
): string {
  const earlier = samplesOf(schema);
  const spent = spendingOf(request);
  if (earlier.length === MAX_SAMPLES || spent.characters > REQUEST_BOUNDS.sampling.characters)
    return earlier[below(random, earlier.length)] ?? '{}';
  const sample = sampled(schema, below(random, 2 ** 31), libraries);
  spent.characters += REQUEST_BOUNDS.sampling.each + (sample ?? '').length;
  if (sample === undefined) earlier.push(...Array<string>(MAX_SAMPLES - earlier.length).fill('{}'));
  else earlier.push(sample);
  return sample ?? '{}';
}

/** Whether a sample of the schema costs nothing any more, or may still be made. */
export function canBeSampled(schema: unknown, { request }: Pick<ReplyContext, 'request'>): boolean {
  return samplesOf(schema).length > 0 || spendingOf(request).characters <= REQUEST_BOUNDS.sampling.characters;
}

function sampled(schema: unknown, seed: number, libraries: Libraries): string | undefined {
  try {
    return JSON.stringify(libraries.sampleSchema(schema, seed)) ?? '{}';
  } catch {
    return undefined;
  }
}

function samplesOf(schema: unknown): string[] {
  return typeof schema === 'object' && schema !== null ? samplesOfObject(schema) : [];
}

const samplesOfObject = perObject((_schema: object): string[] => []);
const spendingOf = perObject((_request: ReplyContext['request']) => ({ characters: 0 }));
