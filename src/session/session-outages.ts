import type { Outage } from '../core/backoff/kit/rule-evidence.ts';
import type { JournalEntry } from '../core/journal/entry.ts';
import { outagesOf } from '../core/plan/outages.ts';
import type { Session } from './session.ts';

/** The spans in which everything failed by plan, as these entries of the journal show, on its clock. */
export function sessionOutages({ clockStartedAt: startedAt, rules }: Session, entries: readonly JournalEntry[]): Outage[] {
  if (startedAt === undefined) return [];
  const served = entries.filter(({ unserved }) => !unserved);
  return outagesOf(rules, startedAt, served);
}
