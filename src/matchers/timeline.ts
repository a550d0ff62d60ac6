import type { CallHistory } from '../core/backoff/history/call-history.ts';
import { callObservation } from '../core/backoff/kit/observation.ts';

/** Calls that a message shows: enough to see what is wrong. */
const SHOWN = 5;

/** What happened, a line a call: `\n  #1: 429 Retry-After 2 → 0.502 s → 200`. Those with retries come first. */
export function timeline(calls: readonly CallHistory[]): string {
  const sorted = [...calls].sort((a, b) => Number(b.tries.length > 1) - Number(a.tries.length > 1));
  const lines = sorted.slice(0, SHOWN).map((call) => {
    const doubt = call.certainty === 'ambiguous' ? ' (cannot be told apart from equal calls)' : '';
    return `\n  ${call.id}: ${callObservation(call).line}${doubt}`;
  });
  const more = calls.length > SHOWN ? `\n  … and ${calls.length - SHOWN} more` : '';
  return lines.join('') + more;
}
