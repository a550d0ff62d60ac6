import { isRetryable } from '../../src/core/backoff/history/invites-retry.ts';
import type { JournalEntry } from '../../src/core/journal/entry.ts';
import { entryView } from '../../src/exchange/entry-view.ts';
import { JOURNAL_RECORD } from './journal-record.ts';

/** The parts of an entry that a test speaks of; times in milliseconds. */
export type EntryParts = Partial<JournalEntry>;

const BLANK: JournalEntry = entryView(JOURNAL_RECORD, 'ca11');

/** A journal entry that was answered one millisecond after it arrived, unless the parts say otherwise. No policy says what is to be retried. */
export function journalEntry(parts: EntryParts = {}): JournalEntry {
  const arrivedAt = parts.t_headers ?? 0;
  const answeredAt = arrivedAt + 1;
  const entry = {
    ...BLANK,
    t_bodyEnd: arrivedAt,
    t_firstByteBefore: answeredAt,
    t_lastByte: answeredAt,
    t_end: answeredAt,
    ...parts,
  };
  return { ...entry, retryable: parts.retryable ?? isRetryable(entry, { retries: [], neverRetries: [] }) };
}
