import type { CallHistory, Gap } from '../backoff/history/call-history.ts';
import { earlyAfter } from '../backoff/history/early-after.ts';

/** How much too early the retry came, in milliseconds; 0 when it waited or was told nothing, or may be that of another call. */
export function earlyMs({ certainty }: Pick<CallHistory, 'certainty'>, { before, after }: Gap): number {
  return certainty === 'ambiguous' ? 0 : earlyAfter(before, after);
}

/**
 * The calls worth looking at first: those that findings quote, those that came early, those that took most attempts.
 * Among equals, the earlier.
 */
export function byInterest(histories: readonly CallHistory[], quoted: ReadonlySet<string>): CallHistory[] {
  const scores = new Map(histories.map((history) => [history, scoreOf(history, quoted)]));
  return [...histories].sort((a, b) => (scores.get(b) ?? 0) - (scores.get(a) ?? 0));
}

function scoreOf(history: CallHistory, quoted: ReadonlySet<string>): number {
  const { id, gaps, tries } = history;
  const early = gaps.some((gap) => earlyMs(history, gap) > 0);
  // More attempts than any call has count for less than one reason of the next kind.
  return (quoted.has(id) ? 2e9 : 0) + (early ? 1e9 : 0) + tries.length;
}
