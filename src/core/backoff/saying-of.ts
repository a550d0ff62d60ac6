import type { JournalEntry } from '../journal/entry.ts';

/** What a request says, and who says it. */
export function sayingOf({ bodySha256, method, path, authorizationHash }: JournalEntry): string {
  return `${bodySha256} ${method} ${path} ${authorizationHash}`;
}
