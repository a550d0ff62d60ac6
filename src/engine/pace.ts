import { parseDuration } from '../core/duration.ts';
import type { Header } from '../core/reply/effect.ts';

/**
 * When a client that reads `x-ratelimit-*` may go on: the reset of the limit of which nothing remains, on the clock of
 * `at`; null while something remains (wire.md 2.4).
 */
export function paceDueAt(headers: readonly Header[], at: number): number | null {
  const fieldOf = (wanted: string) => headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
  const waits = ['requests', 'tokens'].map((unit) =>
    fieldOf(`x-ratelimit-remaining-${unit}`) === '0' ? parseDuration(fieldOf(`x-ratelimit-reset-${unit}`) ?? '') : undefined,
  );
  const waitMs = Math.max(...waits.map((wait) => wait ?? 0));
  return waitMs > 0 ? at + waitMs : null;
}
