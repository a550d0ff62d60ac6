import type { Ruling } from './finding.ts';
import { gapObservation } from './observation.ts';
import type { Subject } from './subject.ts';

/** Waits for hints that are longer than the client says it honours; undefined when there are none. */
export function overlongWaits({ calls, policy }: Subject): Ruling | undefined {
  const { maxHonouredRetryAfterMs: longest } = policy;
  if (longest === undefined) return undefined;
  const waited = calls.flatMap((call) =>
    call.gaps.filter(({ before }) => (before.asked?.waitMs ?? 0) > longest).map((gap) => ({ call, gap })),
  );
  if (waited.length === 0) return undefined;
  return {
    verdict: 'warn',
    explain: `${waited.length} hints above max_honoured_retry_after were waited for instead of giving up`,
    n: waited.length,
    evidence: waited.map(({ call, gap }) => gapObservation(call, gap, 'expected to give up')),
  };
}
