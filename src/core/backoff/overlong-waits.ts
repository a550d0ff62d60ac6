import type { Ruling } from './finding.ts';
import type { Try } from './history.ts';
import { gapObservation, tryObservation } from './observation.ts';
import type { Subject } from './subject.ts';

/** Waits for hints that are longer than the client says it honours; undefined when there are none. */
export function overlongWaits({ calls, policy, outcomeOf }: Subject): Ruling | undefined {
  const { maxHonouredRetryAfterMs: longest } = policy;
  if (longest === undefined) return undefined;
  const isOverlong = ({ asked }: Try): boolean => (asked?.waitMs ?? 0) > longest;
  const waited = calls.flatMap((call) => [
    ...call.gaps.filter(({ before }) => isOverlong(before)).map((gap) => gapObservation(call, gap, 'expected to give up')),
    ...call.tries
      .slice(-1)
      .filter((last) => isOverlong(last) && outcomeOf(call)?.ok === null)
      .map((last) => tryObservation(call, last, 'still waiting, expected to give up')),
  ]);
  if (waited.length === 0) return undefined;
  return {
    verdict: 'warn',
    explain: `${waited.length} hints above max_honoured_retry_after were waited for instead of giving up`,
    n: waited.length,
    evidence: waited,
  };
}
