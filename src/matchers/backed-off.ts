import type { CallHistory } from '../core/backoff/history/call-history.ts';
import { largest } from '../core/collections/largest.ts';
import { plural } from '../core/text/plural.ts';
import { contradictsGrowth, type Wait } from './growth.ts';
import type { Outcome } from './matcher.ts';

/** Shorter waits are none: the client came back at once. */
const AT_ONCE_MS = 20;

/**
 * Whether the waits that the client chose by itself contradict growth by the factor. Waits that an answer asked for are
 * not its choice, and are left out.
 */
export function backedOff(calls: readonly CallHistory[], factor: number): Outcome {
  const chosen = calls.filter(({ certainty }) => certainty !== 'ambiguous').map(waitsOf);
  const waits = chosen.flat();
  if (!chosen.some(({ length }) => length >= 2)) {
    const found = `no call has two waits that the client chose by itself (found ${plural(waits.length, 'such wait')}); let it fail three times without Retry-After`;
    return { holds: 'undecided', found };
  }
  if (largest(waits.map(({ ms }) => ms)) < AT_ONCE_MS) return { holds: false, found: 'it came back at once, each time' };
  return contradictsGrowth(waits, factor)
    ? { holds: false, found: `its ${waits.length} waits do not grow by that` }
    : { holds: true, found: `nothing in its ${waits.length} waits contradicts that` };
}

function waitsOf({ gaps }: CallHistory): Wait[] {
  return gaps
    .filter(({ before }) => before.asked === undefined)
    .map(({ index, gapMs }) => ({ step: index - 1, ms: Math.max(gapMs, 0.1) }));
}
