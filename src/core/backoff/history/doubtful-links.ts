import { perObject } from '../../memo/per-object.ts';
import type { CallHistory, Gap } from './call-history.ts';
import { historyOf } from './history-of.ts';
import { isQuota } from './permanent.ts';

/** A client seldom stays away so long by its own choice. */
const LONG_AWAY_MS = 60_000;
/** Unless it came near to that before. */
const STEEPEST_GROWTH = 8;
/** Nobody asks the same anew so often without it being a loop. */
const MOST_STARTS = 20;

/**
 * The calls as they would be if each of their doubtful links joined two that merely say the same: a retry count that starts anew (a
 * layer above retries, or the program asks the same again), a request long after the failure that it was taken for a retry of.
 */
export const withoutDoubtfulLinks = perObject((calls: readonly CallHistory[]): readonly CallHistory[] => {
  const counts = calls.some(({ tries }) => tries.some(({ retryCount = 0 }) => retryCount > 0));
  return calls.flatMap((call) => {
    const starts = doubtfulStarts(call, counts);
    if (starts.length === 0 || starts.length > MOST_STARTS) return [call];
    return [0, ...starts].map((from, at) => {
      const tries = call.tries.slice(from, starts[at]);
      return historyOf(
        call.id,
        tries.map(({ entry }) => entry),
        call.replaced && at === starts.length,
      );
    });
  });
});

/** Where in the tries a call may begin that merely says the same. */
function doubtfulStarts({ gaps, method }: CallHistory, counts: boolean): number[] {
  if (method === 'path' || method === 'declared') return [];
  const isNamed = method === 'client-request-id' || method === 'idempotency-key';
  const starts: number[] = [];
  let longestMs = 0;
  for (const gap of gaps) {
    if (isDoubtful(gap, { longestMs, counts: counts || isNamed })) starts.push(gap.after.position - 1);
    longestMs = Math.max(longestMs, gap.gapMs);
  }
  return starts;
}

function isDoubtful({ before, after, gapMs }: Gap, { longestMs, counts }: { longestMs: number; counts: boolean }): boolean {
  const { retryCount: count } = after;
  if (count !== undefined && count < (before.retryCount ?? 0)) return true;
  // What counts its retries elsewhere does not send one as a first try; and a name may be that of a session.
  if (count === 0 && counts) return true;
  if (after.entry.certainty !== 'likely') return false;
  if (count !== undefined && count > 0) return false;
  // A client seldom repeats a call for want of credit; a program asks the next question.
  if (isQuota(before.entry)) return true;
  return before.asked === undefined && gapMs > Math.max(LONG_AWAY_MS, STEEPEST_GROWTH * longestMs);
}
