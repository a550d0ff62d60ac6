import { failureKnownAt } from '../../journal/calls.ts';
import type { Gap } from '../history/call-history.ts';
import { longestStallWithin, type Stall } from './rule-evidence.ts';

/** The wait that the client itself can have chosen at least: a stall of the machine may have added the rest. In milliseconds. */
export function leastWaitMs({ before, after, gapMs }: Gap, stalls: readonly Stall[]): number {
  const from = failureKnownAt(before.entry) ?? before.entry.t_headers;
  return gapMs - longestStallWithin(stalls, from, after.entry.t_headers);
}
