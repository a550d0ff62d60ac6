import type { Downtime } from '../../journal/downtime.ts';
import { inWindow, type Window } from '../../units/window.ts';
import type { Try } from '../history/call-history.ts';

/** Whether the attempt failed in the span: it came in it, or the server went down under it as the span began. */
export function failedWithin({ entry, failure }: Try, span: Window, downtimes: readonly Downtime[]): boolean {
  if (failure === undefined) return false;
  const { t_headers, t_end, faultApplied, closedHow } = entry;
  if (inWindow(t_headers, span)) return true;
  const isCut = closedHow === 'reset' && downtimes.some(({ rule }) => rule === faultApplied?.rule);
  return isCut && t_end !== null && inWindow(t_end, span);
}
