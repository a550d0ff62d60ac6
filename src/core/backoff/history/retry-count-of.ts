import type { JournalEntry } from '../../journal/entry.ts';

/** `x-stainless-retry-count`, where the client sends one (wire.md 7.1). */
export function retryCountOf({ headers }: Pick<JournalEntry, 'headers'>): number | undefined {
  const count = headers['x-stainless-retry-count'];
  return count !== undefined && /^\d{1,6}$/.test(count) ? Number(count) : undefined;
}
