import { parseDuration } from '../core/duration.ts';
import type { Header } from '../core/reply/effect.ts';
import { fieldOf } from '../core/reply/field.ts';

/**
 * When a client that reads `x-ratelimit-*` may go on: the reset of the limit of which nothing remains, on the clock of
 * `at`; null while something remains (wire.md 2.4).
 */
export function paceDueAt(headers: readonly Header[], at: number): number | null {
  const waitMs = Math.max(
    waitOf(headers, 'x-ratelimit-remaining-requests', 'x-ratelimit-reset-requests'),
    waitOf(headers, 'x-ratelimit-remaining-tokens', 'x-ratelimit-reset-tokens'),
  );
  return waitMs > 0 ? at + waitMs : null;
}

function waitOf(headers: readonly Header[], remaining: string, reset: string): number {
  return fieldOf(headers, remaining) === '0' ? (parseDuration(fieldOf(headers, reset) ?? '') ?? 0) : 0;
}
