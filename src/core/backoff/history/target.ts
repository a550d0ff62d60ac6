import { groupBy } from '../../collections/group-by.ts';
import type { JournalEntry } from '../../journal/entry.ts';

/** Who was asked: service, key and model in one text, to compare. */
export function targetOf({ session, authorizationHash, model }: JournalEntry): string {
  return `${session} ${authorizationHash} ${model}`;
}

/** The entries by target, each in the order in which they came. */
export function byTarget(entries: readonly JournalEntry[]): ReadonlyMap<string, readonly JournalEntry[]> {
  return groupBy(
    [...entries].sort((a, b) => a.t_headers - b.t_headers),
    targetOf,
  );
}

/** What tells one target from another, in words: `backup`, `gpt-4o-mini`, `key 3f2a81c0`. */
export function targetName(entry: JournalEntry, other: JournalEntry): string {
  if (entry.session !== other.session) return entry.session === 'default' ? 'the service at /v1' : entry.session;
  if (entry.model !== other.model) return entry.model ?? 'no model';
  return `key ${entry.authorizationHash?.slice(0, 8) ?? '-'}`;
}
