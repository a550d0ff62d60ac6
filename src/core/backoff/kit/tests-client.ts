import { leavesOf } from '../../faults/registry.ts';
import type { JournalEntry } from '../../journal/entry.ts';

/** Refusals by a credential, by limits, and by capacity. What else is wrong with a request is the client's own mistake. */
const REFUSALS: ReadonlySet<number | null> = new Set([401, 429, 503]);

/** Whether something was done to the client that it has to bear: a fault, or a refusal by limits, capacity or a credential. */
export function testsClient({ unserved, faultApplied, refusedBy, status }: JournalEntry): boolean {
  if (unserved) return false;
  if (faultApplied !== null) return faultApplied.faults.some((call) => leavesOf(call) !== 'unchanged');
  return refusedBy !== null && REFUSALS.has(status);
}
