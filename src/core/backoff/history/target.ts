import type { JournalEntry } from '../../journal/entry.ts';
import { rememberLast } from '../../memo/remember-last.ts';
import { sameTarget } from './same-target.ts';

/** Who was asked: service, key and model in one text, to compare. */
export const targetOf = rememberLast(
  ({ session, authorizationHash, model }: JournalEntry): string => `${session} ${authorizationHash} ${model}`,
  (now, { given }) => sameTarget(now, given),
);

/** What tells one target from another, in words: `backup`, `gpt-4o-mini`, `key 3f2a81c0`. */
export function targetName(entry: JournalEntry, other: JournalEntry): string {
  if (entry.session !== other.session) return entry.session === 'default' ? 'the service at /v1' : entry.session;
  if (entry.model !== other.model) return entry.model ?? 'no model';
  return `key ${shownKey(entry) ?? '-'}`;
}

/** The beginning of the hash of the key: enough to tell the keys of one run apart. Null without a key. */
export function shownKey({ authorizationHash }: JournalEntry): string | null {
  return authorizationHash?.slice(0, 8) ?? null;
}
