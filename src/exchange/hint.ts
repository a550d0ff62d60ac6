import type { Clock } from '../core/clock.ts';
import type { Hint } from '../core/journal/entry.ts';
import { parseHttpDate } from '../core/units/http-date.ts';
import type { Head } from '../core/wire/effect.ts';
import { fieldIn } from '../core/wire/header-field.ts';

/** The wait that an answer asks for: `retry-after-ms` before `retry-after`, as SDKs read them (wire.md 7.1). */
export function hintOf(head: Pick<Head, 'headers' | 'printed'>, at: number, clock: Pick<Clock, 'wall'>): Hint | null {
  const ms = fieldIn(head, 'retry-after-ms');
  const raw = fieldIn(head, 'retry-after');
  const seconds: Hint | undefined =
    raw === undefined ? undefined : { header: 'retry-after', raw, dueAt: dueAtOf(raw, at, clock.wall()) };
  if (ms !== undefined && /^\d+(\.\d+)?$/.test(ms)) {
    const hint: Hint = { header: 'retry-after-ms', raw: ms, dueAt: at + Number(ms) };
    return seconds === undefined || seconds.dueAt === null ? hint : { ...hint, other: seconds };
  }
  if (seconds !== undefined) return seconds;
  return ms === undefined ? null : { header: 'retry-after-ms', raw: ms, dueAt: null };
}

/** RFC 9110 §10.2.3: delay-seconds or an HTTP-date. Fractions are outside the grammar, yet what they mean is plain. */
function dueAtOf(raw: string, at: number, wallMs: number): number | null {
  if (/^\d+(\.\d+)?$/.test(raw)) return at + Number(raw) * 1_000;
  const date = parseHttpDate(raw, wallMs);
  return date === undefined ? null : at + (date - wallMs);
}
