import type { Overflow } from './endpoint.ts';

/** The window that is told for a model whose window is not known, in tokens. */
const USUAL_WINDOW = 128_000;

/** The window that the refusal of a request tells, in tokens: less than the request is said to have. */
export function windowOf({ limit, used, contextWindow }: Overflow): number {
  return limit ?? Math.min(contextWindow ?? USUAL_WINDOW, (used ?? Number.POSITIVE_INFINITY) - 1);
}
