import { plural } from '../../text/plural.ts';
import type { CallHistory } from '../history/call-history.ts';
import { costOf, costOver } from '../history/cost.ts';
import { callObservation } from '../kit/observation.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import { sources } from '../kit/sources.ts';
import { truncatedStreamNoticed } from './truncated-stream-noticed.ts';

export const paysOnce = defineRule({
  id: 'pays_once',
  summary: 'pays for few answers that it throws away, or asks for again',
  source: `${sources.timeouts}; ${sources.budget}`,
  severity: 'medium',
  confidence: 'deterministic',
  measures:
    'tokens billed for answers that were spoilt, cut, lost or left, and for further answers to the same call, as a share of all that was billed; info, and fails above `max_waste` where the policy has it',
  falseAlarmBound: 0,
  advice:
    'give slow answers a longer timeout, resume or fail instead of asking for the whole again, bound the attempts of one call, and cancel the loser of a hedge',
  probe: truncatedStreamNoticed.probe,
  check: ({ calls, policy }) => {
    const costly = calls.filter((call) => costOf(call).wasted > 0);
    const { billed, wasted } = costOver(calls);
    const limit = policy.maxWaste;
    if (billed === 0 || (wasted === 0 && limit === undefined)) return notApplicable('no answer was billed and thrown away');
    const share = wasted / billed;
    const ruling = {
      n: calls.length,
      statistic: { name: 'share of tokens wasted', value: share, unit: 'share' } as const,
      ...(limit === undefined ? {} : { threshold: limit }),
      explain: `${plural(wasted, 'token')} of ${billed} that were billed were of no use, in ${plural(costly.length, 'call')}`,
      evidence: costly.toSorted((a, b) => costOf(b).wasted - costOf(a).wasted).map(wasteObservation),
    };
    if (limit === undefined) return { ...ruling, verdict: 'info' };
    return { ...ruling, verdict: share > limit ? 'fail' : 'pass' };
  },
});

function wasteObservation(call: CallHistory) {
  const { billed, wasted } = costOf(call);
  return callObservation(call, `${wasted} of ${billed} tokens wasted`);
}
