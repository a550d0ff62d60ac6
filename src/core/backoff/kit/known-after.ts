import { longestStallWithin, type Stall } from './rule-evidence.ts';

/** A request that comes so soon was under way when the answer went out, or its client had not read the answer yet. In milliseconds. */
const UNDER_WAY_MS = 250;

/** When a client knows of an answer that began at that time, and nothing is under way any more that it sent before. */
export function knownAfter(at: number, stalls: readonly Stall[]): number {
  return at + UNDER_WAY_MS + longestStallWithin(stalls, at, at + UNDER_WAY_MS);
}
