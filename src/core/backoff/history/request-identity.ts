import type { JournalEntry } from '../../journal/entry.ts';

/** What a request says, and who says it. */
export function requestIdentity({ bodySha256, method, path, authorizationHash }: JournalEntry): string {
  return `${bodySha256} ${method} ${path} ${authorizationHash}`;
}
