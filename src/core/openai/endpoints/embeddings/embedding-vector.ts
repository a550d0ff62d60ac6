import { fork } from '../../../random.ts';
import type { Input } from '../../request/request.ts';

/** Dimensions of a vector (wire.md 4), by how the id of the model begins. */
const DIMENSIONS: readonly (readonly [start: string, dimensions: number])[] = [['text-embedding-3-large', 3_072]];
const USUAL_DIMENSIONS = 1_536;

/** How many dimensions the vectors of a model have when the request does not say. */
export function dimensionsOf(model: string): number {
  return DIMENSIONS.find(([start]) => model.startsWith(start))?.[1] ?? USUAL_DIMENSIONS;
}

/** What a vector is counted in: whole numbers are written quickly, and so many digits tell its numbers of 32 bits apart. */
export const BILLIONTHS = 1_000_000_000;

/**
 * A vector of length 1, in billionths; the same whenever the model is asked about the same. What it stands for has no bearing
 * on it. Fewer dimensions are the first of more, brought back to length 1.
 */
export function embeddingVector(model: string, input: Input, dimensions: number): Int32Array {
  const random = fork('embedding', model, typeof input === 'string' ? input : input.join(' '));
  const drawn = new Float64Array(dimensions);
  let squares = 0;
  for (let i = 0; i < dimensions; i++) {
    const value = random() - 0.5;
    drawn[i] = value;
    squares += value * value;
  }
  const scale = BILLIONTHS / (Math.sqrt(squares) || 1);
  const vector = new Int32Array(dimensions);
  for (let i = 0; i < dimensions; i++) vector[i] = Math.round((drawn[i] as number) * scale);
  return vector;
}
