import { fork } from '../random.ts';
import type { Input } from './inputs.ts';

/** Dimensions of a vector (wire.md 4), by how the id of the model begins. */
const DIMENSIONS: readonly (readonly [start: string, dimensions: number])[] = [['text-embedding-3-large', 3_072]];
const USUAL_DIMENSIONS = 1_536;

/** How many dimensions the vectors of a model have when the request does not say. */
export function dimensionsOf(model: string): number {
  return DIMENSIONS.find(([start]) => model.startsWith(start))?.[1] ?? USUAL_DIMENSIONS;
}

/**
 * A vector of length 1, the same whenever the model is asked about the same; what it stands for has no bearing on it.
 * Fewer dimensions are the first of more, brought back to length 1.
 */
export function embeddingVector(model: string, input: Input, dimensions: number): Float32Array {
  const random = fork('embedding', model, typeof input === 'string' ? input : input.join(' '));
  const drawn = Array.from({ length: dimensions }, () => random() - 0.5);
  const length = Math.hypot(...drawn) || 1;
  return Float32Array.from(drawn, (value) => value / length);
}
