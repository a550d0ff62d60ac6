import { parseDuration } from '../core/units/duration.ts';
import type { Head } from '../core/wire/effect.ts';
import { fieldIn } from '../core/wire/header-field.ts';

type ShownHead = Pick<Head, 'headers' | 'printed' | 'resetUnitMs'>;

/**
 * When a client that reads `x-ratelimit-*` may go on: the reset of the limit that is used up, on the clock of
 * `at`; null while something remains (wire.md 2.4).
 */
export function paceDueAt(head: ShownHead, at: number): number | null {
  const waitMs = Math.max(
    waitOf(head, 'x-ratelimit-remaining-requests', 'x-ratelimit-reset-requests'),
    waitOf(head, 'x-ratelimit-remaining-tokens', 'x-ratelimit-reset-tokens'),
  );
  return waitMs > 0 ? at + waitMs : null;
}

function waitOf(head: ShownHead, remaining: string, reset: string): number {
  if (fieldIn(head, remaining) !== '0') return 0;
  const text = fieldIn(head, reset) ?? '';
  return (head.resetUnitMs === undefined ? parseDuration(text) : Number(text) * head.resetUnitMs) ?? 0;
}
