import { below, type Random } from '../../random.ts';

/** Least and most that a model thinks at an effort, in blocks of 64 tokens; a mock's guess, not OpenAI's numbers. */
const BLOCKS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  none: [0, 0],
  minimal: [0, 0],
  low: [1, 4],
  medium: [2, 10],
  high: [8, 24],
  xhigh: [16, 48],
  max: [32, 96],
};

/** The effort of a request that names none (wire.md 5). */
const DEFAULT_EFFORT = 'medium';
const BLOCK = 64;

/** Tokens that a reasoning model thinks before it speaks. An effort that is not known is taken for the default. */
export function reasoningTokens(effort: unknown, random: Random): number {
  const known = typeof effort === 'string' && Object.hasOwn(BLOCKS, effort) ? effort : DEFAULT_EFFORT;
  const [least, most] = BLOCKS[known] ?? [0, 0];
  return BLOCK * (least + below(random, most - least + 1));
}
