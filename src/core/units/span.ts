import { inWindow, type Window } from './window.ts';

/** A span of time that may come again. Milliseconds; `to` is Infinity where it is open. */
export interface Span extends Window {
  /** Within it, the first so many milliseconds of each period count. Undefined where all of it counts. */
  readonly again?: { readonly everyMs: number; readonly forMs: number } | undefined;
}

/** Spans that touch are one window; of endless chains so many links are followed. */
const MAX_LINKS = 100;

/** The window of the spans that the moment lies in, spans that overlap or touch taken as one; undefined outside of all. */
export function windowAt(spans: readonly Span[], at: number): Window | undefined {
  const [first, second] = spans;
  if (first !== undefined && second === undefined) return occurrenceAt(first, at);
  const found = widest(spans, at);
  if (found === undefined) return undefined;
  let { from, to } = found;
  for (let link = 0; link < MAX_LINKS; link++) {
    const before = widest(spans, from, -1)?.from ?? from;
    const after = widest(spans, to)?.to ?? to;
    if (before >= from && after <= to) break;
    from = Math.min(from, before);
    to = Math.max(to, after);
  }
  return { from, to };
}

/** The windows that begin before the moment, in order; `most` at most. Each span that does not come again is among them. */
export function windowsBefore(spans: readonly Span[], before: number, most: number): Window[] {
  const single = spans.filter(({ again }) => again === undefined);
  const repeated = spans.flatMap((span) => occurrencesBefore(span, before, most));
  const sorted = [...single, ...repeated].map(({ from, to }) => ({ from, to })).sort((a, b) => a.from - b.from);
  return merged(sorted).slice(0, most);
}

/** When the first of the spans begins. */
export function beginningOf(spans: readonly Span[]): number {
  return spans.reduce((least, { from }) => Math.min(least, from), Number.POSITIVE_INFINITY);
}

/** When one of the spans next begins after the moment; Infinity where none does. */
export function nextBeginning(spans: readonly Span[], at: number): number {
  return spans.reduce((least, { from, to, again }) => {
    if (from > at) return Math.min(least, from);
    if (again === undefined) return least;
    const begins = from + (Math.floor((at - from) / again.everyMs) + 1) * again.everyMs;
    return begins < to ? Math.min(least, begins) : least;
  }, Number.POSITIVE_INFINITY);
}

/** Whether every moment of the narrow span lies in one of the wide ones. False where that is not worked out. */
export function coversSpan(wide: readonly Span[], narrow: Span): boolean {
  return wide.some((each) => {
    const contains = each.from <= narrow.from && narrow.to <= each.to;
    if (each.again === undefined) return contains;
    const { everyMs, forMs } = each.again;
    const sameRhythm = each.from === narrow.from && everyMs === narrow.again?.everyMs && narrow.again.forMs <= forMs;
    return contains && sameRhythm;
  });
}

function widest(spans: readonly Span[], at: number, side: 0 | -1 = 0): Window | undefined {
  let found: Window | undefined;
  for (const span of spans) {
    const window = side === 0 ? occurrenceAt(span, at) : occurrenceUntil(span, at);
    if (window === undefined) continue;
    found = found === undefined ? window : { from: Math.min(found.from, window.from), to: Math.max(found.to, window.to) };
  }
  return found;
}

/** The occurrence that the moment lies in. */
function occurrenceAt(span: Span, at: number): Window | undefined {
  if (!inWindow(at, span)) return undefined;
  if (span.again === undefined) return span;
  const window = occurrence(span, Math.floor((at - span.from) / span.again.everyMs));
  return inWindow(at, window) ? window : undefined;
}

/** The occurrence that the moment lies in or ends. */
function occurrenceUntil(span: Span, at: number): Window | undefined {
  const inside = occurrenceAt(span, at);
  if (inside !== undefined || span.again === undefined) return inside ?? (span.to === at ? span : undefined);
  const last = occurrence(span, Math.ceil((at - span.from) / span.again.everyMs) - 1);
  return last.from >= span.from && last.to === at ? last : undefined;
}

function occurrence({ from, to, again }: Span, number: number): Window {
  const { everyMs, forMs } = again ?? { everyMs: 0, forMs: Number.POSITIVE_INFINITY };
  const begins = from + number * everyMs;
  return { from: begins, to: Math.min(to, begins + forMs) };
}

function occurrencesBefore(span: Span, before: number, most: number): Window[] {
  const { from, to, again } = span;
  if (again === undefined) return [];
  const end = Math.min(before, to);
  const count = Math.min(most, Math.max(0, Math.ceil((end - from) / again.everyMs)));
  return Array.from({ length: count }, (_, number) => occurrence(span, number));
}

function merged(sorted: readonly Window[]): Window[] {
  const windows: { from: number; to: number }[] = [];
  for (const window of sorted) {
    const last = windows.at(-1);
    if (last !== undefined && window.from <= last.to) last.to = Math.max(last.to, window.to);
    else windows.push({ ...window });
  }
  return windows;
}
