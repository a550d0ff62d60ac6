import type { Leaves } from '../faults/leaves.ts';

/** What is left of an answer where a client has none that it can use, and knows it. */
const FAILING: ReadonlySet<Leaves> = new Set(['error', 'silence', 'disconnected']);

/** Whether a client that is left with these, one for each fault, gets an error or no answer. */
export function isFailing(left: readonly Leaves[]): boolean {
  return left.some((leaves) => FAILING.has(leaves));
}
