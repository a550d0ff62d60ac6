import type { JournalEntry } from '../../journal/entry.ts';

/**
 * Whether the server said that it has not processed the request: by REFUSED_STREAM, or by a GOAWAY whose last stream comes before it.
 * Such a request may be sent again, whatever it asks for (RFC 9113 §6.8, §8.7).
 */
export function isNotProcessed({ closedBy, closedHow, resetCode }: JournalEntry): boolean {
  return closedBy === 'server' && (closedHow === 'go_away' || (closedHow === 'rst_stream' && resetCode === 'refused_stream'));
}
