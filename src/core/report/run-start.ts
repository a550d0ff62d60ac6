import type { ReportInput } from './report.ts';

/** When the first request arrived, on the journal's clock; what reports count from. */
export function runStart({ entries }: ReportInput): number {
  return entries.reduce((first, { t_headers }) => Math.min(first, t_headers), entries[0]?.t_headers ?? 0);
}
