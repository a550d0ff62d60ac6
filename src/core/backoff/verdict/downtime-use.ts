import type { Downtime } from '../../journal/downtime.ts';
import type { JournalEntry } from '../../journal/entry.ts';

/** What is known of a span in which the server was down. Times in milliseconds since the first request; those before it are negative. */
export interface DowntimeUse {
  /** Id of the rule. */
  readonly rule: string;
  readonly fromMs: number;
  /** Null while it is down. */
  readonly toMs: number | null;
  /** Requests that were under way as it began, and were reset. */
  readonly cut: number;
  /** When the last request before it came, and the first after it; null where none did. */
  readonly lastBeforeMs: number | null;
  readonly firstAfterMs: number | null;
}

/** The spans in which the server was down, with what the journal shows around them. */
export function downtimeUseOf(downtimes: readonly Downtime[], entries: readonly JournalEntry[]): DowntimeUse[] {
  if (downtimes.length === 0) return [];
  const times = entries.map(({ t_headers }) => t_headers).sort((a, b) => a - b);
  const start = times[0] ?? downtimes[0]?.from ?? 0;
  const since = (at: number | null | undefined) => (at == null ? null : at - start);
  return downtimes.map(({ rule, from, to, cut }) => ({
    rule,
    fromMs: from - start,
    toMs: since(to),
    cut,
    lastBeforeMs: since(times.findLast((at) => at < from)),
    firstAfterMs: to === null ? null : since(times.find((at) => at >= to)),
  }));
}
