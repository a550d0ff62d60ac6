import type { JournalEntry } from '../../journal/entry.ts';

/** Whether two requests were sent to the same service, with the same key, for the same model: hints and limits are of these. */
export function sameTarget(one: JournalEntry, other: JournalEntry): boolean {
  return one.session === other.session && one.authorizationHash === other.authorizationHash && one.model === other.model;
}
