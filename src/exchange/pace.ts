import { parseDuration } from '../core/units/duration.ts';
import type { Head } from '../core/wire/effect.ts';
import { fieldIn } from '../core/wire/header-field.ts';

/**
 * When a client that reads `x-ratelimit-*` may go on: the reset of the limit that is used up, on the clock of
 * `at`; null while something remains (wire.md 2.4).
 */
export function paceDueAt(head: Pick<Head, 'headers' | 'printed'>, at: number): number | null {
  const waitMs = Math.max(
    waitOf(head, 'x-ratelimit-remaining-requests', 'x-ratelimit-reset-requests'),
    waitOf(head, 'x-ratelimit-remaining-tokens', 'x-ratelimit-reset-tokens'),
  );
  return waitMs > 0 ? at + waitMs : null;
}

function waitOf(head: Pick<Head, 'headers' | 'printed'>, remaining: string, reset: string): number {
  return fieldIn(head, remaining) === '0' ? (parseDuration(fieldIn(head, reset) ?? '') ?? 0) : 0;
}
