import { plural } from '../../text/plural.ts';
import type { Try } from '../history/call-history.ts';
import type { RuleResult } from './finding.ts';
import { earlyOf } from './judge-early.ts';
import { gapObservation, tryObservation } from './observation.ts';
import type { RuleEvidence } from './rule-evidence.ts';

/** Hints longer than the client says it honours that did not make it give up; undefined when there are none. */
export function overlongWaits({ calls, policy, outcomeOf }: RuleEvidence): RuleResult | undefined {
  const { maxHonouredRetryAfterMs: longest } = policy;
  if (longest === undefined) return undefined;
  const isOverlong = ({ asked }: Try): boolean => (asked?.waitMs ?? 0) > longest;
  const followed = calls.flatMap((call) =>
    call.gaps.filter(({ before }) => isOverlong(before)).map((gap) => ({ call, gap, early: earlyOf(call, gap) > 0 })),
  );
  const open = calls.flatMap((call) =>
    call.tries.slice(-1).flatMap((last) => (isOverlong(last) && outcomeOf(call)?.ok === null ? [{ call, last }] : [])),
  );
  const n = followed.length + open.length;
  if (n === 0) return undefined;
  const early = followed.filter((each) => each.early).length;
  const seen = [
    ...(n > early ? [`${n - early} waited for`] : []),
    ...(early > 0 ? [`${early} followed by an attempt before the wait was over`] : []),
  ];
  return {
    verdict: 'warn',
    explain: `${plural(n, 'hint')} above max_honoured_retry_after did not make the client give up: ${seen.join(', ')}`,
    n,
    evidence: [
      ...followed.map(({ call, gap }) => gapObservation(call, gap, 'expected to give up')),
      ...open.map(({ call, last }) => tryObservation(call, last, 'still waiting, expected to give up')),
    ],
  };
}
