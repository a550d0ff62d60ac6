import type { CallHistory } from '../backoff/history/call-history.ts';
import type { Outage } from '../backoff/kit/rule-evidence.ts';
import type { Verdict } from '../backoff/verdict/verdict.ts';
import type { JournalEntry } from '../journal/entry.ts';
import type { LoadReport } from '../load/load-report.ts';
import type { ShardReport } from '../load/shard-report.ts';
import type { TimeCourse } from '../plan/time-courses.ts';

/** Where more is to be found: the CI run, the scenario file. */
export interface ReportLink {
  readonly label: string;
  /** `https:` or `http:`; others are left out. */
  readonly href: string;
}

/** All that a report is made of. */
export interface ReportInput {
  readonly verdict: Verdict;
  readonly histories: readonly CallHistory[];
  readonly entries: readonly JournalEntry[];
  /** On the journal's clock. */
  readonly outages: readonly Outage[];
  /** What the scenario had in store over time, on the journal's clock. */
  readonly courses?: readonly TimeCourse[];
  /** Version of the mock. */
  readonly version: string;
  readonly links?: readonly ReportLink[];
  /** The figures of a load run. */
  readonly load?: LoadReport;
  /** Where they are of a part of a load. */
  readonly shard?: ShardReport;
}
