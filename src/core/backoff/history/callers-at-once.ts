import type { JournalEntry } from '../../journal/entry.ts';

/** How many connections were in use at the same time, at most: each from its first request to the end of its last. */
export function callersAtOnce(entries: readonly JournalEntry[]): number {
  const spans = new Map<number, { from: number; to: number }>();
  for (const { connId, t_headers: from, t_end } of entries) {
    const to = t_end ?? from;
    const span = spans.get(connId);
    spans.set(connId, span === undefined ? { from, to } : { from: Math.min(span.from, from), to: Math.max(span.to, to) });
  }
  const starts = [...spans.values()].map(({ from }) => from).sort((a, b) => a - b);
  const ends = [...spans.values()].map(({ to }) => to).sort((a, b) => a - b);
  let most = 0;
  let over = 0;
  for (const [begun, at] of starts.entries()) {
    while (over < ends.length && (ends[over] ?? at) < at) over++;
    most = Math.max(most, begun + 1 - over);
  }
  return most;
}
