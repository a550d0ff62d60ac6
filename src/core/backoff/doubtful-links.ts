import type { CallHistory, Gap } from './call-history.ts';
import { historyOf } from './history-of.ts';

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
export function withoutDoubtfulLinks(calls: readonly CallHistory[]): readonly CallHistory[] {
  return calls.flatMap((call) => {
    const starts = doubtfulStarts(call);
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
}

/** Where in the tries a call may begin that merely says the same. */
function doubtfulStarts({ gaps }: CallHistory): number[] {
  const starts: number[] = [];
  let longestMs = 0;
  for (const gap of gaps) {
    if (isDoubtful(gap, longestMs)) starts.push(gap.after.position - 1);
    longestMs = Math.max(longestMs, gap.gapMs);
  }
  return starts;
}

function isDoubtful({ before, after, gapMs }: Gap, longestMs: number): boolean {
  if (after.entry.certainty !== 'likely') return false;
  if (after.retryCount !== undefined) return after.retryCount < (before.retryCount ?? 0);
  return before.asked === undefined && gapMs > Math.max(LONG_AWAY_MS, STEEPEST_GROWTH * longestMs);
}
