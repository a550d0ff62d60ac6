import type { CapacitySpec } from '../capacity/capacity-spec.ts';
import { formatDuration } from '../units/duration.ts';
import { formatRate } from '../units/rate.ts';

/** A capacity in one line: `serves 50/s, 10 at once; 100 may wait; others are refused with 503, which costs 0.1 of a place`. */
export function explainCapacity({ perSecond, burst, queue, serviceMs, status, refusalCost }: CapacitySpec): string {
  const longest = formatDuration((queue * 1_000) / perSecond);
  return [
    `serves ${formatRate(perSecond)}, ${burst} at once${serviceMs === 0 ? '' : `, each in ${formatDuration(serviceMs)}`}`,
    queue === 0 ? 'none may wait' : `${queue.toLocaleString('en-US')} may wait, up to ${longest}`,
    `others are refused with ${status}${refusalCost === 0 ? '' : `, which costs ${refusalCost} of a place each`}`,
  ].join('; ');
}
