import type { Steps } from '../core/at-once.ts';
import type { JournalEntry } from '../core/journal/entry.ts';
import type { Session } from './session.ts';

/** Entries of one step: a body that is read for the first time may take as long as a hundred others. */
const ENTRIES_AT_ONCE = 64;

/** The entries of a session, as they are when they are read. */
function* readEntries(session: Session, parsesBodies: boolean): Steps<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for (const entry of session.entries(0, parsesBodies)) {
    entries.push(entry);
    if (entries.length % ENTRIES_AT_ONCE === 0) yield;
  }
  return entries;
}

/** The entries of sessions that belong together, in the order in which they came. `parsesBodies`: see `SessionJournal.since`. */
export function* readEntriesOver(sessions: readonly [Session, ...Session[]], parsesBodies: boolean): Steps<JournalEntry[]> {
  const [first, ...others] = sessions;
  const all = yield* readEntries(first, parsesBodies);
  for (const session of others) for (const entry of yield* readEntries(session, parsesBodies)) all.push(entry);
  return others.length === 0 ? all : all.sort((a, b) => a.t_headers - b.t_headers);
}
