import type { Outage } from '../core/backoff/kit/rule-evidence.ts';
import type { JournalEntry } from '../core/journal/entry.ts';
import type { BrownOut } from '../core/load/load-run.ts';
import { brownOutsOf, outagesOf } from '../core/plan/outages.ts';
import type { Session } from './session.ts';

/** The spans in which everything failed by plan, as these entries of the journal show, on its clock. */
export function sessionOutages({ clockStartedAt: startedAt, rules }: Session, entries: readonly JournalEntry[]): Outage[] {
  if (startedAt === undefined) return [];
  return outagesOf(rules, startedAt, entries.filter(isServed));
}

/** The spans in which more than so much failed, by plan or by these entries; outages are none. */
export function sessionBrownOuts(
  { clockStartedAt: startedAt, rules }: Session,
  entries: readonly JournalEntry[],
  least: number,
): BrownOut[] {
  if (startedAt === undefined) return [];
  return brownOutsOf(rules, startedAt, { entries: entries.filter(isServed), least });
}

function isServed({ unserved }: JournalEntry): boolean {
  return !unserved;
}
