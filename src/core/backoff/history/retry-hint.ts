import type { JournalEntry } from '../../journal/entry.ts';
import { msBetween } from '../../units/ms-between.ts';

/**
 * What kind of wait an answer asked for.
 * - `seconds`: whole delay-seconds (RFC 9110 §10.2.3), `date`: IMF-fixdate, `obsolete_date`: the two older forms
 * - `ms`: `retry-after-ms`, alone or beside `retry-after`
 * - `zero`: none at all · `insane`: negative, past, outside the grammar, or longer than a 32-bit timer
 */
type AskedKind = 'seconds' | 'date' | 'obsolete_date' | 'ms' | 'zero' | 'insane';

/** The wait that an answer asked for. Times in milliseconds of the journal's clock. */
export interface RetryHint {
  readonly kind: AskedKind;
  /** When a retry may come: the earlier one, when two headers disagree. Null for what cannot be waited for. */
  readonly dueAt: number | null;
  readonly waitMs: number | null;
  /** `Retry-After 30`. */
  readonly text: string;
}

/** From here on a hint is long: clients may wait or give up, and many have a cap (backoff.md B5). */
export const LONG_HINT_MS = 30_000;
/** Longer timers fire at once in Node (backoff.md, finding 10). */
const LONGEST_TIMER_MS = 2_147_483_647;

/** The wait that the answer asked for; undefined when it asked for none. */
export function retryHint({ hint, t_firstByteBefore }: JournalEntry): RetryHint | undefined {
  if (hint === null || t_firstByteBefore === null) return undefined;
  const { other } = hint;
  const dueAt = other?.dueAt == null || hint.dueAt === null ? hint.dueAt : Math.min(other.dueAt, hint.dueAt);
  const waitMs = dueAt === null ? null : msBetween(t_firstByteBefore, dueAt);
  const text = [hint, ...(other === undefined ? [] : [other])]
    .map(({ header, raw }) => `${header === 'retry-after' ? 'Retry-After' : header} ${raw === '' ? '(empty)' : raw}`)
    .join(', ');
  const kind = kindOf(hint.header, hint.raw, waitMs);
  return kind === 'insane' ? { kind, dueAt: null, waitMs: null, text } : { kind, dueAt, waitMs, text };
}

function kindOf(header: string, raw: string, waitMs: number | null): AskedKind {
  if (waitMs === null || waitMs < 0 || waitMs > LONGEST_TIMER_MS) return 'insane';
  if (header === 'retry-after-ms') return waitMs === 0 ? 'zero' : 'ms';
  if (/^\d+$/.test(raw)) return waitMs === 0 ? 'zero' : 'seconds';
  if (/^[\d.]+$/.test(raw)) return 'insane';
  return / GMT$/.test(raw) && raw.includes(', ') && !raw.includes('-') ? 'date' : 'obsolete_date';
}

/** How much too early an arrival was, in milliseconds; 0 within the tolerance of 5 ms + 0.1 % (backoff.md 2.2). */
export function earlyBy({ dueAt, waitMs, kind }: RetryHint, arrivedAt: number): number {
  if (dueAt === null || waitMs === null) return 0;
  // A date has a resolution of one second, and the client may count from the Date header.
  const toleranceMs = kind === 'date' || kind === 'obsolete_date' ? 1_000 : 5 + waitMs * 0.001;
  const early = dueAt - arrivedAt;
  return early > toleranceMs ? early : 0;
}
