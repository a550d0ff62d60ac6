import { groupBy } from '../../collections/group-by.ts';
import type { CallHistory, Gap } from '../history/call-history.ts';

/** Gaps below this are no backoff (backoff.md C1). */
export const HOT_MS = 25;

/** The leading gaps of a call that the client chose by itself, all after the same kind of failure. */
export interface UnhintedRun {
  readonly call: CallHistory;
  /** `503`, `transport`, `content`, `abandoned`. */
  readonly after: string;
  readonly gaps: readonly Gap[];
}

/**
 * The runs of all calls. A run ends with the first hint, with another kind of failure, with another target, and where
 * a layer above starts anew.
 */
export function unhintedRuns(calls: readonly CallHistory[]): UnhintedRun[] {
  return calls.flatMap((call) => {
    const first = call.gaps[0];
    if (first === undefined || call.overlapping) return [];
    const after = kindOf(first);
    const end = call.gaps.findIndex(
      (gap, at) => after === undefined || kindOf(gap) !== after || isOuter(gap) || gap.index !== first.index + at,
    );
    const gaps = end < 0 ? call.gaps : call.gaps.slice(0, end);
    return after === undefined || gaps.length === 0 ? [] : [{ call, after, gaps }];
  });
}

/** The runs by the failure that they come after, the most frequent first: a client may treat each differently. */
export function groupsByFailure(runs: readonly UnhintedRun[]): (readonly UnhintedRun[])[] {
  return [...groupBy(runs, ({ after }) => after).values()].sort((a, b) => b.length - a.length);
}

/** Of runs after different failures, those of the most frequent. */
export function mainGroup(runs: readonly UnhintedRun[]): readonly UnhintedRun[] {
  return groupsByFailure(runs)[0] ?? [];
}

/** What the runs come after, in words: `503`, `broken connections`. */
export function failureName([run]: readonly UnhintedRun[]): string {
  if (run?.after === 'transport') return 'broken connections';
  if (run?.after === 'content') return 'spoilt answers';
  return run?.after === 'abandoned' ? 'its own timeouts' : (run?.after ?? '');
}

/** The gaps before retry `k + 1` of all runs that have one. */
export function gapsOf(runs: readonly UnhintedRun[], k: number): Gap[] {
  return runs.flatMap(({ gaps }) => gaps[k] ?? []);
}

/** Column k−1 holds the gaps before retry k of all runs that have one, in milliseconds. */
export function columnsOf(runs: readonly UnhintedRun[]): number[][] {
  const columns: number[][] = [];
  for (const { gaps } of runs) for (const [k, { gapMs }] of gaps.entries()) (columns[k] ??= []).push(gapMs);
  return columns;
}

/** How many gaps at the beginning of the run are hot. */
export function hotCount({ gaps }: { readonly gaps: readonly Gap[] }): number {
  const end = gaps.findIndex(({ gapMs }) => gapMs >= HOT_MS);
  return end < 0 ? gaps.length : end;
}

/** The longest row of hot gaps anywhere in the run. */
export function longestHotRow({ gaps }: { readonly gaps: readonly Gap[] }): number {
  let row = 0;
  return gaps.reduce((longest, { gapMs }) => Math.max(longest, (row = gapMs < HOT_MS ? row + 1 : 0)), 0);
}

/**
 * The chance that a good client has that many hot gaps in a row: full jitter on a base of 50 ms that doubles, the
 * shortest of the good policies (backoff.md 1, AWS; 6.4).
 */
export function hotChance(count: number): number {
  return 2 ** -((count * (count + 1)) / 2);
}

function kindOf({ before }: Gap): string | undefined {
  if (before.asked !== undefined) return undefined;
  if (before.failure === 'status') return String(before.entry.status);
  return before.failure === 'pending' ? undefined : before.failure;
}

function isOuter({ before, after }: Gap): boolean {
  return (after.retryCount ?? 0) < (before.retryCount ?? 0);
}
