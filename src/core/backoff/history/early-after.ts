import type { Try } from './call-history.ts';
import { earlyBy } from './retry-hint.ts';

/** How much before the wait that one try was told the other came, in milliseconds; 0 when it waited, or was told nothing. */
export function earlyAfter({ asked }: Try, { entry }: Try): number {
  return asked === undefined ? 0 : earlyBy(asked, entry.t_headers);
}
