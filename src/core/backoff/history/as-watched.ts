import type { JournalEntry } from '../../journal/entry.ts';
import type { RunContext } from '../kit/rule-evidence.ts';

/** Signals reach a client and its watcher at different moments, and what it closes as it dies is noticed late. */
const AT_DEATH_MS = 250;

/**
 * The journal as far as it shows what the client did by itself: what came after it was last watched is left out, and what was
 * broken off then, or when it was killed, counts as still open.
 */
export function asWatched(
  entries: readonly JournalEntry[],
  { watchedUntil = Number.POSITIVE_INFINITY, killedAt = Number.POSITIVE_INFINITY }: Partial<RunContext>,
): JournalEntry[] {
  const isBrokenOff = ({ t_end, t_clientClose }: JournalEntry) =>
    (t_end ?? 0) > watchedUntil || (t_clientClose ?? 0) > killedAt - AT_DEATH_MS;
  return entries
    .filter(({ t_headers }) => t_headers <= watchedUntil)
    .map((entry) =>
      isBrokenOff(entry) ? { ...entry, t_end: null, t_clientClose: null, closedBy: null, closedHow: null } : entry,
    );
}
