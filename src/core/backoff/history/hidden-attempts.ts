import type { Downtime } from '../../journal/downtime.ts';
import { perObject } from '../../memo/per-object.ts';
import { overlapOf, type Window } from '../../units/window.ts';
import type { CallHistory, Gap, Try } from './call-history.ts';

/** A client that has not come back after this long, with no hint to wait for, does not retry. */
export const PATIENCE_MS = 10_000;

/** Gaps double: what began in a span of some length is seen at the latest after twice as long. */
const FACTOR = 2;

/** Downtimes as windows: one that goes on has no end. */
export const windowsOf = perObject((downtimes: readonly Downtime[]): readonly Window[] =>
  downtimes.map(({ from, to }) => ({ from, to: to ?? Number.POSITIVE_INFINITY })),
);

/**
 * The calls as far as they are seen: what the system refused while the server was down is in no journal, nor is what was thrown away
 * behind a GOAWAY (`thrownAway`). A call of which attempts may be missing is marked as `hidden`. A gap in which they may be missing
 * is none. A client whose first attempt was thrown away sends it again at once: only a downtime hides how a call began.
 */
export function withHiddenAttempts(
  calls: readonly CallHistory[],
  downtimes: readonly Downtime[],
  thrownAway: readonly Window[] = [],
): readonly CallHistory[] {
  if (downtimes.length + thrownAway.length === 0) return calls;
  const downs = windowsOf(downtimes);
  const windows = [...downs, ...thrownAway];
  return calls.map((call) => {
    const { tries } = call;
    const isHidden =
      beganHidden(tries[0], downs) ||
      tries.some((before, index) => isHiddenBetween(before, tries[index + 1], windows)) ||
      mayHaveBeenRefused(tries.at(-1), windows);
    if (!isHidden) return call;
    const isSeen = ({ before, after }: Gap) => !isHiddenBetween(before, after, windows);
    const hidden = [...call.gaps, ...call.failovers].filter((gap) => !isSeen(gap));
    return { ...call, hidden, gaps: call.gaps.filter(isSeen), failovers: call.failovers.filter(isSeen) };
  });
}

/** Whether the system may have refused the attempt after this one, the last that was seen. */
export function mayHaveBeenRefused(last: Try | undefined, windows: readonly Window[]): boolean {
  if (last?.failure === undefined || last.entry.t_end === null) return false;
  const from = last.entry.t_end;
  const to = from + PATIENCE_MS + (last.asked?.waitMs ?? 0);
  return windows.some((window) => overlapOf(window, { from, to }) !== undefined);
}

function isHiddenBetween(before: Try, after: Try | undefined, windows: readonly Window[]): boolean {
  if (after === undefined) return false;
  const between = { from: before.entry.t_headers, to: after.entry.t_headers };
  return windows.some((window) => overlapOf(window, between) !== undefined);
}

/** Whether the first attempt that was seen may have had others before it. A client that counts its retries says so. */
function beganHidden(first: Try | undefined, windows: readonly Window[]): boolean {
  if (first === undefined || first.retryCount === 0) return false;
  const at = first.entry.t_headers;
  return windows.some(({ from, to }) => at >= from && at <= to + Math.max(PATIENCE_MS, FACTOR * (to - from)));
}
