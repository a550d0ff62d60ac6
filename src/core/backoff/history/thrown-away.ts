import { hidesRequests } from '../../faults/registry.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import type { Window } from '../../units/window.ts';

/** From the first byte of an answer until its client has surely read what came before it. */
const READ_MS = 20;

/**
 * When requests may have been thrown away behind a GOAWAY: from the request that met it until its client has read so. They are in no
 * journal. Windows that overlap are one.
 */
export function thrownAwayIn(entries: readonly JournalEntry[]): readonly Window[] {
  const windows: Window[] = [];
  for (const { faultApplied, t_headers: from, t_firstByteBefore: first, t_end: end } of entries) {
    if (faultApplied?.faults.some(hidesRequests) !== true) continue;
    const to = (first ?? end ?? from) + READ_MS;
    const last = windows.at(-1);
    if (last !== undefined && from <= last.to) windows[windows.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else windows.push({ from, to });
  }
  return windows;
}
